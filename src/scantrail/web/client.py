"""x."""


class Api:
    pass


class ApiError(Exception):
    pass
