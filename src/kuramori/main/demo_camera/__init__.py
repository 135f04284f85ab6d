"""A demonstration camera: a real RTSP server showing a drawn street, so that anybody can try the program."""
