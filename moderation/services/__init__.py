"""What the service does, as plain functions that take a session.

They flush and never commit: the caller's unit of work does, all or nothing.
"""
