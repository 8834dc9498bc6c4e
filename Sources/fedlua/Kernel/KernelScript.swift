/// The kernel for Jupyter: a script of Python around `fedlua repl --json`, written out by `fedlua kernel --install`.
let kernelScript = #"""
  """The fedlua kernel: Jupyter's messages on one side, `fedlua repl --json` on the other."""
  import ctypes
  import json
  import os
  import signal
  import subprocess

  from ipykernel.kernelapp import IPKernelApp
  from ipykernel.kernelbase import Kernel


  def end_with_kernel():
      """Lets Linux kill the program with this kernel: a loop does not see that nobody reads its answers any more."""
      try:
          ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
      except (AttributeError, OSError):
          pass


  class FedluaKernel(Kernel):
      implementation = "fedlua"
      implementation_version = "1"
      banner = "fedlua: federated learning under attack, in Lua"
      language_info = {
          "name": "lua", "version": "5.4", "mimetype": "text/x-lua", "file_extension": ".lua",
          "pygments_lexer": "lua", "codemirror_mode": "lua",
      }

      def __init__(self, **options):
          super().__init__(**options)
          self.program = None

      def started(self):
          """The program that evaluates; a new one where the last one ended."""
          if self.program is None:
              self.program = subprocess.Popen(
                  [os.environ.get("FEDLUA_PROGRAM", "fedlua"), "repl", "--json"], stdin=subprocess.PIPE,
                  stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True, preexec_fn=end_with_kernel)
          return self.program

      def ask(self, request, show=lambda message: None):
          """Sends a request, shows what comes before its answer, and returns the answer; None if the program ended."""
          program = self.started()
          try:
              program.stdin.write(json.dumps(request) + "\n")
              program.stdin.flush()
          except BrokenPipeError:
              return self.ended()
          while True:
              try:
                  line = program.stdout.readline()
              except KeyboardInterrupt:
                  program.send_signal(signal.SIGINT)
                  continue
              if not line:
                  return self.ended()
              message = json.loads(line)
              if message["type"] not in ("stream", "display"):
                  return message
              show(message)

      def ended(self):
          """Forgets a program that is gone."""
          self.program.kill()
          self.program.wait()
          self.program = None

      def show(self, message):
          if message["type"] == "stream":
              content = {"name": message["name"], "text": message["text"]}
              self.send_response(self.iopub_socket, "stream", content)
          else:
              content = {"data": message["data"], "metadata": {}}
              self.send_response(self.iopub_socket, "display_data", content)

      async def do_execute(
          self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **options
      ):
          reply = {"execution_count": self.execution_count, "payload": [], "user_expressions": {}}
          if not code.strip():
              return {"status": "ok", **reply}
          answer = self.ask({"type": "execute", "code": code}, (lambda message: None) if silent else self.show)
          if answer is None:
              answer = {"type": "error", "kind": "ended", "message": "fedlua ended; the next cell starts it again",
                        "traceback": ""}
          if answer["type"] == "done":
              if "data" in answer and not silent:
                  content = {"execution_count": self.execution_count, "data": answer["data"], "metadata": {}}
                  self.send_response(self.iopub_socket, "execute_result", content)
              return {"status": "ok", **reply}
          text = [line for line in (answer["message"], answer["traceback"]) if line]
          content = {"ename": answer["kind"], "evalue": answer["message"], "traceback": text}
          if not silent:
              self.send_response(self.iopub_socket, "error", content)
          return {"status": "error", **reply, **content}

      async def do_complete(self, code, cursor_pos):
          answer = self.ask({"type": "complete", "code": code, "cursor": cursor_pos}) or {}
          return {
              "status": "ok", "matches": answer.get("matches", []), "metadata": {},
              "cursor_start": answer.get("start", cursor_pos), "cursor_end": answer.get("end", cursor_pos),
          }

      async def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
          answer = self.ask({"type": "inspect", "code": code, "cursor": cursor_pos}) or {}
          found = answer.get("found", False)
          data = {"text/plain": answer["text"]} if found else {}
          return {"status": "ok", "found": found, "data": data, "metadata": {}}

      async def do_is_complete(self, code):
          answer = self.ask({"type": "is_complete", "code": code}) or {}
          status = answer.get("status", "unknown")
          return {"status": status, "indent": "  "} if status == "incomplete" else {"status": status}

      async def do_shutdown(self, restart):
          if self.program is not None:
              self.ended()
          return {"status": "ok", "restart": restart}


  if __name__ == "__main__":
      # An interrupt is this signal, and whoever started Jupyter may have blocked it on the way.
      signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
      IPKernelApp.launch_instance(kernel_class=FedluaKernel)

  """#
