"""`svt` and `scantrail parts`: the component tracker on the command line."""
