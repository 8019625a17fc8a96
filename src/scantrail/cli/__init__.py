"""The command lines: scantrail and haniwers-v1. Each command is loaded only when it is called."""
