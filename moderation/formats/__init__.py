"""The files comment systems write and read: streaming readers and writers, no more."""
