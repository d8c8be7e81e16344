"""Files that come in from outside, looked through before anybody opens them."""
