"""What processes write comes out once, in lines, and reaches no terminal."""

import multiprocessing
import os
import sys
import warnings

from reproduce.sweep.messages import Messages, speak_through

ABSL = "W0000 00:00:1795843189.2955{}    75{} cpu.cc:53] slow: rebuild"
JAX = "WARNING:2026-11-28 05:1{0}:01,12{0}:jax._src.bridge:822: falling back"


def speak(writer, number):
    speak_through(writer)
    warnings.simplefilter("default")
    warnings.warn("the data\nare odd", stacklevel=1)
    warnings.warn(f"that is number {number}", stacklevel=1)
    os.write(2, b"I0000 00:00:1795843189.295505    7529 port.cc:153] all is on\n")
    os.write(2, f"{ABSL.format(number, number)}\n{JAX.format(number)}\n".encode())
    print("of no use", flush=True)
    sys.stderr.write("no end of a line")
    raise ValueError("it broke")


def test_processes_are_heard_once(capfd):
    messages = Messages()
    context = multiprocessing.get_context("spawn")
    arguments = [(messages.writer, number) for number in (1, 2)]
    processes = [context.Process(target=speak, args=given) for given in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(600)
    heard = messages.read()
    assert messages.read() == []
    messages.close()
    assert heard.count("warning: the data are odd") == 1
    assert {"warning: that is number 1", "warning: that is number 2"} <= set(heard)
    assert sum("slow: rebuild" in line for line in heard) == 1
    assert sum("falling back" in line for line in heard) == 1
    assert not any("all is on" in line for line in heard)
    assert heard.count("of no use") == 1
    assert heard.count("ValueError: it broke") == 1
    assert "test_messages.py" not in "".join(
        line for line in heard if line.startswith("warning")
    )
    assert capfd.readouterr() == ("", "")


def test_a_line_is_told_when_it_is_whole():
    messages = Messages()
    os.write(messages.writer.fileno(), b"half")
    assert messages.read() == []
    os.write(messages.writer.fileno(), b" a line\nand \xff\n\n")
    assert messages.read() == ["half a line", "and \N{REPLACEMENT CHARACTER}"]
    messages.close()
