# Sourced by scale: a Flower federation on this machine's loopback.
# Needs `venv` (a virtual environment with flwr), `scratch` (a folder) and `fedlua`; what it starts is ended by flower_stop.

export FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1 FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION=1

flower_pids=()

# flower_version  the version of flwr in the virtual environment
flower_version() { "$venv/bin/python" -c 'import flwr; print(flwr.__version__)'; }

# flower_certificates  a CA of our own, a certificate of the server, and a key pair for each of two nodes
flower_certificates() {
  (
    cd "$scratch"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=fedlua-ca -keyout ca.key -out ca.crt
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >server.ext
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.crt
    for node in 1 2; do ssh-keygen -q -t ecdsa -b 384 -N '' -f "node$node"; done
  ) >"$scratch/certificates.log" 2>&1
}

# flower_start plain|tls  a SuperLink and two stock SuperNodes; returns when the nodes may be used
flower_start() {
  local kind="$1" port link_options=(--insecure) node_options=(--insecure)
  mkdir -p "$scratch/home"
  export FLWR_HOME="$scratch/home" PATH="$venv/bin:$PATH"
  FEDLUA="$(cd "$(dirname "$fedlua")" && pwd)/$(basename "$fedlua")"
  export FEDLUA
  # Since 1.40 all goes over one port; before, nodes and the command flwr had one each.
  if flower-superlink --help 2>&1 | grep -q -- '--port PORT'; then
    flower_node_port=8000 port=8000
  else
    flower_node_port=9092 port=9093
  fi
  local address="address = \"127.0.0.1:$port\""
  if [ "$kind" = tls ]; then
    flower_certificates
    link_options=(--ssl-ca-certfile "$scratch/ca.crt" --ssl-certfile "$scratch/server.crt"
      --ssl-keyfile "$scratch/server.key" --enable-supernode-auth)
    printf '[superlink.fedlua]\n%s\nroot-certificates = "%s"\n' "$address" "$scratch/ca.crt" >"$FLWR_HOME/config.toml"
  else
    printf '[superlink.fedlua]\n%s\ninsecure = true\n' "$address" >"$FLWR_HOME/config.toml"
  fi
  flower-superlink "${link_options[@]}" >"$scratch/superlink.log" 2>&1 &
  flower_pids+=($!)
  flower_await "$port"
  for node in 1 2; do
    if [ "$kind" = tls ]; then
      node_options=(--root-certificates "$scratch/ca.crt" --auth-supernode-private-key "$scratch/node$node")
      # Before 1.40 a node is told its public key, too.
      if ! flower-supernode --help 2>&1 | grep -A3 -- '--auth-supernode-public-key A' | grep -q deprecated; then
        node_options+=(--auth-supernode-public-key "$scratch/node$node.pub")
      fi
      flwr supernode register "$scratch/node$node.pub" fedlua >>"$scratch/register.log" 2>&1
    fi
    flower_node "$node" "${node_options[@]}"
  done
}

# flower_node NUMBER OPTION ...  starts one SuperNode, with the site file site-NUMBER.json if there is one
flower_node() {
  local number="$1" own="--clientappio-api-address=127.0.0.1:$((9093 + $1 * 10))" site=()
  shift
  if flower-supernode --help 2>&1 | grep -q -- '--port PORT'; then own="--port=$((9093 + number * 10))"; fi
  [ ! -e "$scratch/site-$number.json" ] || site=(--node-config "site=\"$scratch/site-$number.json\"")
  flower-supernode --superlink "127.0.0.1:$flower_node_port" "$own" "${site[@]}" "$@" >"$scratch/node$number.log" 2>&1 &
  flower_pids+=($!)
}

# flower_await PORT  until something listens there
flower_await() {
  for _ in $(seq 300); do
    if (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    sleep 0.2
  done
  say "scale: nothing listens on port $1; see $scratch/superlink.log"
  return 1
}

# flower_run APP [SETTING ...]  starts a run of an app, waits for its end and prints the server's lines
flower_run() {
  local app="$1" number state
  shift
  number="$(cd "$app" && flwr run . fedlua --run-config "fedlua=\"$FEDLUA\" $*" 2>&1 | tee "$scratch/run.log" |
    grep -oE 'run [0-9]{8,}' | tail -n 1 | cut -d' ' -f2)"
  [ -n "$number" ] || { say "scale: flwr run did not start; see $scratch/run.log"; return 1; }
  for _ in $(seq 100); do
    state="$(flwr ls fedlua --run-id "$number" --format json 2>/dev/null | grep -oE 'finished:[a-z]+' | head -n 1)"
    [ -z "$state" ] || break
    sleep 1
  done
  flwr log "$number" fedlua --show 2>/dev/null | grep -oE 'fedlua: .*' || true
  [ "$state" = finished:completed ]
}

# flower_stop  ends what flower_start began
flower_stop() {
  [ "${#flower_pids[@]}" = 0 ] || kill "${flower_pids[@]}" 2>/dev/null || true
  for process in "${flower_pids[@]}"; do wait "$process" 2>/dev/null || true; done
  flower_pids=()
}
