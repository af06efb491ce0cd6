"""What an editor shows of `.ptt` files; only `server` knows of the protocol."""
