// oracle: native
// Atomic operations as the compiler makes them for Armv8.0 (load-exclusive, store-exclusive): every width and order.
#include "atomic_operations.h"
