"""`python -m scantrail` is the command `scantrail`."""

from scantrail.cli.main import scantrail

if __name__ == "__main__":
    scantrail()
