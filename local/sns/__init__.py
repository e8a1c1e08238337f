"""SNS's HTTP(S) delivery on the laptop: handshake, signatures, retries and dead letters as on AWS."""
