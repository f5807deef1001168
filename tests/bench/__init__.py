"""The benchmarks behind ``make bench``: every figure stands beside a bare floor measured in the same run."""
