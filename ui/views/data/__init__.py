"""What the page of a data set shows: its images, how they are divided, and which come twice."""
