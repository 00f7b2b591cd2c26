"""The programs as processes: started, killed, restarted, asked. Not here: the river within the test's own process."""
