"""Talks to the fedlua kernel as a notebook does. The last line is `all is well`, or a check fails."""
import base64
import os
import signal
import time
from queue import Empty

from jupyter_client.manager import start_new_kernel


def run(client, code, before=lambda message: None, timeout=60):
    """Runs a cell; returns its reply and what was shown, in order."""
    sent = client.execute(code)
    shown = []
    while True:
        message = client.get_iopub_msg(timeout=timeout)
        if message["parent_header"].get("msg_id") != sent:
            continue
        kind = message["msg_type"]
        if kind == "status" and message["content"]["execution_state"] == "idle":
            break
        if kind in ("stream", "execute_result", "display_data", "error"):
            shown.append((kind, message["content"]))
            before((kind, message["content"]))
    reply = client.get_shell_msg(timeout=timeout)
    while reply["parent_header"].get("msg_id") != sent:
        reply = client.get_shell_msg(timeout=timeout)
    return reply["content"], shown


def await_output(client):
    """Asks until what is asked shows: a subscription takes effect a moment after it, and what is sent before is lost."""
    for _ in range(60):
        asked = client.kernel_info()
        client.get_shell_msg(timeout=60)
        try:
            while client.get_iopub_msg(timeout=1)["parent_header"].get("msg_id") != asked:
                pass
            return
        except Empty:
            pass
    raise AssertionError("the kernel shows nothing")


def text(shown, kind="execute_result"):
    return "".join(c["text"] if kind == "stream" else c["data"]["text/plain"] for k, c in shown if k == kind)


def check(condition, what):
    assert condition, what


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def main():
    manager, client = start_new_kernel(kernel_name="fedlua", startup_timeout=120)
    try:
        await_output(client)
        # iTorch#24: a notebook that hangs on 1 + 1.
        reply, shown = run(client, "1 + 1")
        check(reply["status"] == "ok" and text(shown) == "2", shown)

        # Output comes while the cell still runs: the sleep is longer than the message takes.
        times = []
        sleep = "print('first') local t = os.clock() while os.clock() - t < 1 do end print('second')"
        run(client, sleep, before=lambda _: times.append(time.monotonic()))
        check(len(times) >= 2 and times[-1] - times[0] > 0.5, times)

        # trepl#16: code that is executed twice after an error.
        run(client, "count = 0")
        reply, shown = run(client, "count = count + 1\nlocal function f() error('broken') end\nf()")
        error = [content for kind, content in shown if kind == "error"]
        check(reply["status"] == "error" and len(error) == 1, shown)
        check("broken" in error[0]["evalue"] and any("traceback" in line for line in error[0]["traceback"]), error)
        check(text(run(client, "count")[1]) == "1", "a cell ran twice")

        # xeus#262: an interrupt that does nothing.
        for loop in ("while true do end", "while true do pcall(function() while true do end end) end"):
            begun = []

            def interrupt(message):
                if not begun:
                    begun.append(message)
                    time.sleep(0.2)
                    manager.interrupt_kernel()

            reply, shown = run(client, "print('begun') " + loop, before=interrupt)
            check(reply["status"] == "error" and reply["ename"] == "interrupted", reply)
        check(text(run(client, "count * 2")[1]) == "2", "the state is gone after an interrupt")

        # iTorch#34: pictures that do not show; and their text for a console.
        for code in ("fed.full({ 1, 16, 16 }, 0.5)", "display(fed.full({ 2, 3, 16, 16 }, 0.5), { columns = 2 })"):
            reply, shown = run(client, code)
            data = shown[0][1]["data"]
            check(base64.b64decode(data["image/png"])[:8] == b"\x89PNG\r\n\x1a\n", data.keys())
            check("Tensor" in data["text/plain"], data["text/plain"])
        data = run(client, "{ { a = 1, b = 2 }, { a = 3, b = 4 } }")[1][0][1]["data"]
        check("<table>" in data["text/html"] and "<td>4</td>" in data["text/html"], data)

        reply = client.complete("x = fed.aggregators.kr", 22, reply=True, timeout=60)["content"]
        found = [m for m in reply["matches"] if m.rstrip("(").endswith("krum")]
        check(found and reply["cursor_end"] == 22, reply)
        completed = "x = fed.aggregators.kr"[:reply["cursor_start"]] + found[0].rstrip("(")
        check(completed == "x = fed.aggregators.krum", completed)
        reply = client.inspect("fed.aggregators.krum { f = 1 }", 18, reply=True, timeout=60)["content"]
        check(reply["found"] and "krum" in reply["data"]["text/plain"], reply)
        asked = client.is_complete("for i = 1, 3 do")
        reply = client.get_shell_msg(timeout=60)
        while reply["parent_header"].get("msg_id") != asked:
            reply = client.get_shell_msg(timeout=60)
        reply = reply["content"]
        check(reply["status"] == "incomplete", reply)

        # The program may end; the next cell has a new one.
        reply, _ = run(client, "os.exit(3)")
        check(reply["status"] == "error" and "ended" in reply["evalue"], reply)
        check(text(run(client, "2 + 2")[1]) == "4", "no new program")

        # A program in a loop does not outlive its kernel.
        program = text(run(client, "io.open('/proc/self/stat'):read('n')")[1])
        client.execute("print('begun') while true do end")
        while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        check(is_running(program), program)
        os.kill(manager.provisioner.pid, signal.SIGKILL)
        end = time.monotonic() + 20
        while is_running(program) and time.monotonic() < end:
            time.sleep(0.05)
        check(not is_running(program), "the program outlives its kernel")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print("all is well")


main()
