"""Leave a Reply: a comment form, a spam filter and a moderation queue for blogs."""
