// oracle: native
// The math library, printed to twelve digits: its last bits may depend on fused multiplication.
#include "check.h"

#include <complex.h>
#include <math.h>

int main(void) {
    static const double points[] = {-20.5, -3, -1, -0.3, 0.001, 0.25, 0.5, 1, 1.5, 2, 3.14159, 10, 100.25, 12345.678, 1e8};
    for (unsigned i = 0; i < sizeof points / sizeof *points; i++) {
        double x = points[i], y = fabs(x);
        printf("%g: %.11g %.11g %.11g %.11g %.11g %.11g\n", x, sin(x), cos(x), tan(x), atan(x), exp(-y / 10), cbrt(x));
        printf("  %.11g %.11g %.11g %.11g %.11g %.11g\n", log(y), log2(y), log10(y), log1p(y), pow(y, 0.7), pow(y, -2));
        printf("  %.11g %.11g %.11g %.11g %.11g\n", sinh(x / 1e7), tanh(x), asinh(x), erf(x), atan2(x, 2));
        printf("  %.11g %.6g %.6g %.6g\n", lgamma(y + 0.5), (double)sinf((float)x), (double)expf(-(float)y / 10), (double)logf((float)y));
        if (y <= 1) printf("  %.11g %.11g %.11g\n", asin(x), acos(x), atanh(x / 2));
    }
    double complex z = cexp(1.5 + 0.5 * I) * csqrt(-2 + 1 * I);
    printf("%.10g %.10g %.10g\n", creal(z), cimag(z), cabs(z));
    printf("%.15Lg %.12g\n", (long double)1.0L / 8, j0(2.5));
    return 0;
}
