"""Runs as they are taken: who is at work, what their journals say, and the stream of events that a page follows."""
