// Joins `fedlua run --executor mpi` to the MPI of a cluster: compiled there by `fedlua mpi-plugin`, opened at run time.
// So the program itself needs no MPI, and runs under any.
//
// Every call is for one thread. Nothing here waits: what was begun is asked for, so that the host can look at its clock.
// Messages are gathered in blocks, since MPI counts by int: 64 bytes times 2^31 are enough.
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
enum { interface = 1, block = 64 };

static MPI_Comm everyone;
static MPI_Datatype blocks;
static MPI_Request gathering = MPI_REQUEST_NULL, *sends, *receipts;
static int rank, size, *shape;
static uint64_t announced;

EXPORT int fedlua_mpi_interface(void) { return interface; }

// Tells the rank, the number of ranks, and how many of them are on this rank's machine.
EXPORT int fedlua_mpi_start(int *own, int *count, int *neighbors) {
  int level, problem;
  MPI_Comm machine;
  if ((problem = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level))) return problem;
  if ((problem = MPI_Comm_dup(MPI_COMM_WORLD, &everyone))) return problem;
  MPI_Comm_set_errhandler(everyone, MPI_ERRORS_RETURN);
  MPI_Comm_rank(everyone, &rank);
  MPI_Comm_size(everyone, &size);
  if ((problem = MPI_Comm_split_type(everyone, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &machine))) return problem;
  MPI_Comm_size(machine, neighbors);
  MPI_Comm_free(&machine);
  MPI_Type_contiguous(block, MPI_BYTE, &blocks);
  MPI_Type_commit(&blocks);
  *own = rank;
  *count = size;
  sends = malloc(2 * size * sizeof *sends);
  receipts = sends + size;
  shape = malloc(2 * size * sizeof *shape);
  return sends && shape ? 0 : MPI_ERR_NO_MEM;
}

EXPORT void fedlua_mpi_library(char *text, int room) {
  char name[MPI_MAX_LIBRARY_VERSION_STRING];
  int length;
  MPI_Get_library_version(name, &length);
  name[strcspn(name, "\n,")] = 0;
  strncpy(text, name, room - 1);
  text[room - 1] = 0;
}

// Begins to tell all others how many bytes this rank brings, and to hear theirs.
EXPORT int fedlua_mpi_announce(uint64_t bytes, uint64_t *all) {
  int problem = 0;
  announced = all[rank] = bytes;
  for (int other = 0; other < size && !problem; other++) {
    sends[other] = receipts[other] = MPI_REQUEST_NULL;
    if (other == rank) continue;
    problem = MPI_Irecv(&all[other], 8, MPI_BYTE, other, 1, everyone, &receipts[other]);
    if (!problem) problem = MPI_Isend(&announced, 8, MPI_BYTE, other, 1, everyone, &sends[other]);
  }
  return problem;
}

// Returns the first rank that has not announced anything, -1 if all have, or -2 if something failed.
EXPORT int fedlua_mpi_missing(void) {
  int missing = -1, done;
  for (int other = size - 1; other >= 0; other--) {
    if (MPI_Test(&sends[other], &done, MPI_STATUS_IGNORE)) return -2;
    if (!done) missing = other;
    if (MPI_Test(&receipts[other], &done, MPI_STATUS_IGNORE)) return -2;
    if (!done) missing = other;
  }
  return missing;
}

// Begins to gather what was announced; each message has a place of whole blocks, in the order of the ranks.
EXPORT int fedlua_mpi_gather(const void *own, void *all, const int *counts, const int *places) {
  memcpy(shape, counts, size * sizeof *shape);
  memcpy(shape + size, places, size * sizeof *shape);
  return MPI_Iallgatherv(own, counts[rank], blocks, all, shape, shape + size, blocks, everyone, &gathering);
}

// Returns 1 when all is gathered, 0 before, -2 if it failed.
EXPORT int fedlua_mpi_gathered(void) {
  int done;
  return MPI_Test(&gathering, &done, MPI_STATUS_IGNORE) ? -2 : done;
}

EXPORT void fedlua_mpi_abort(int status) { MPI_Abort(everyone, status); }

EXPORT void fedlua_mpi_finish(void) {
  MPI_Type_free(&blocks);
  MPI_Comm_free(&everyone);
  MPI_Finalize();
}
