# Sourced by scale: MPI on this machine. Needs `scratch` and `fedlua`.

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# mpi_plugin openmpi|mpich  compiles the plug-in for one MPI, once
mpi_plugin() {
  export FEDLUA_MPI="$scratch/$1/libfedlua_mpi.so"
  [ -e "$FEDLUA_MPI" ] || "$fedlua" mpi-plugin --mpicc "mpicc.$1" --output "$FEDLUA_MPI" >/dev/null
}

# mpi_run openmpi|mpich RANKS ARG ...  runs `fedlua run --executor mpi ARG ...`
mpi_run() {
  local kind="$1" ranks="$2" options=()
  shift 2
  mpi_plugin "$kind"
  # There may be fewer processors here than ranks.
  [ "$kind" = mpich ] || options=(--map-by node --bind-to none --oversubscribe)
  "mpirun.$kind" "${options[@]}" -n "$ranks" "$fedlua" run --executor mpi "$@"
}

# mpi_srun pmix|pmi2 openmpi|mpich RANKS ARG ...  the same under Slurm
mpi_srun() {
  local way="$1" kind="$2" ranks="$3"
  shift 3
  mpi_plugin "$kind"
  srun --ntasks="$ranks" --overcommit --kill-on-bad-exit=1 --mpi="$way" "$fedlua" run --executor mpi "$@"
}

# mpi_sbatch ARG ...  the job script of the examples, on this machine's one node
mpi_sbatch() {
  local folder
  folder="$(dirname "$fedlua")"
  mpi_plugin openmpi
  PATH="$folder:$PATH" sbatch --quiet --wait --nodes=1 --ntasks-per-node=2 --cpus-per-task=1 --overcommit \
    --output="$scratch/sbatch.out" "$root/examples/slurm/train.sbatch" "$@"
  cat "$scratch/sbatch.out"
}

# mpi_ranks PROCESS  process ids of the ranks below a launcher
mpi_ranks() {
  local child
  for child in $(pgrep --parent "$1"); do
    if [ "$(cat "/proc/$child/comm" 2>/dev/null)" = fedlua ]; then echo "$child"; else mpi_ranks "$child"; fi
  done
}
