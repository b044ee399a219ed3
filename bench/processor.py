"""What Linux says that a process has used of the processors."""

import os
from pathlib import Path

__all__ = ["read_children", "read_processor_time"]


def read_children(process_id: int) -> list[int]:
    """Return the numbers of the processes that a process has started."""
    tasks = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def read_processor_time(process_id: int) -> float:
    """Return the seconds that a process, its threads and its children have used."""
    stat = Path(f"/proc/{process_id}/stat").read_text()
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # utime and stime, see proc(5)
    own = ticks / os.sysconf("SC_CLK_TCK")
    return own + sum(map(read_processor_time, read_children(process_id)))
