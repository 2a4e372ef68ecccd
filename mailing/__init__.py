"""The mail door: mail comes in over LMTP, and our own mail goes out through the site's relay."""
