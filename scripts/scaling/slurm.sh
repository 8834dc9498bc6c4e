# Sourced by scale: Slurm on this machine's loopback, for one user and one node. Needs root and `scratch`.

slurm_pids=()

# slurm_start  munge, the controller and the daemon of the one node
slurm_start() {
  local name
  name="$(hostname -s)"
  mkdir -p "$scratch/slurm/state" "$scratch/slurm/spool"
  export SLURM_CONF="$scratch/slurm/slurm.conf"
  cat >"$SLURM_CONF" <<CONF
ClusterName=fedlua
SlurmctldHost=$name(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$scratch/slurm/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
StateSaveLocation=$scratch/slurm/state
SlurmdSpoolDir=$scratch/slurm/spool
SlurmctldPidFile=$scratch/slurm/controller.pid
SlurmdPidFile=$scratch/slurm/daemon.pid
ReturnToService=2
NodeName=$name NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
CONF
  [ -e "$scratch/slurm/munge.key" ] || head -c 128 /dev/urandom >"$scratch/slurm/munge.key"
  chmod 600 "$scratch/slurm/munge.key"
  munged --force --foreground --socket="$scratch/slurm/munge.socket" --key-file="$scratch/slurm/munge.key" \
    --pid-file="$scratch/slurm/munge.pid" --seed-file="$scratch/slurm/munge.seed" \
    --log-file="$scratch/slurm/munge.log" >/dev/null 2>&1 &
  slurm_pids+=($!)
  for _ in $(seq 50); do [ ! -S "$scratch/slurm/munge.socket" ] || break; sleep 0.1; done
  slurmctld -D >"$scratch/slurm/controller.log" 2>&1 &
  slurm_pids+=($!)
  slurmd -D >"$scratch/slurm/daemon.log" 2>&1 &
  slurm_pids+=($!)
  for _ in $(seq 100); do
    if sinfo --noheader --format %T 2>/dev/null | grep -qE 'idle|mixed'; then return 0; fi
    sleep 0.2
  done
  say "scale: Slurm has no idle node; see $scratch/slurm"
  return 1
}

# slurm_stop  ends what slurm_start began
slurm_stop() {
  [ "${#slurm_pids[@]}" = 0 ] || kill "${slurm_pids[@]}" 2>/dev/null || true
  for process in "${slurm_pids[@]}"; do wait "$process" 2>/dev/null || true; done
  slurm_pids=()
}
