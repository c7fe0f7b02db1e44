"""Owns what the page of a refusal says above the reason: words, not HTTP's phrases."""

HEADINGS = {
    403: "This is not allowed",
    404: "Not found",
    409: "Already there",
    412: "Changed meanwhile",
    413: "Too much at once",
    422: "That can't be taken as it is",
    429: "Please wait a little",
    500: "Something broke",
    503: "Please try again",
    507: "No room to save anything",
}
# Of requests that only programs make, and of pages whose login has ended.
OTHERWISE = "That did not work"


def find_heading(status: int) -> str:
    """Return the heading for a status (400 to 599)."""
    return HEADINGS.get(status, OTHERWISE)
