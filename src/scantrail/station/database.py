"""[database]: where runs and components are kept."""

from pydantic import Field

from scantrail.station.base import PathName, Section, Text


class DatabaseConfig(Section):
    """The one database; each key has its default in the rooms that open it."""

    # A URL may carry a password: it is no part of what repr shows.
    url: Text | None = Field(default=None, description="path of a file, or URL of a server", repr=False)
    profile: Text | None = Field(default=None, description="profile of the component tracker")
    data_dir: PathName | None = Field(default=None, description="directory of attached files")
