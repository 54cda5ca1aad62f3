// oracle: native
// flags arm64: -march=armv8.1-a
// Atomic operations as single instructions of Armv8.1 (CAS, SWP, LDADD...).
#include "atomic_operations.h"
