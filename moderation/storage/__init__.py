"""The database: typed models, sessions that lose nothing, migrations."""
