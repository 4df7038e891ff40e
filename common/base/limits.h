/* limits - every bound of the program, from schemas/limits.def, as LIMIT_<NAME> constants. */
#ifndef CLAIMLINE_LIMITS_H
#define CLAIMLINE_LIMITS_H

enum limit {
#define LIMIT(name, value, why) LIMIT_##name = (value),
#include "schemas/limits.def"
};

#endif
