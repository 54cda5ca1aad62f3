// oracle: native
// flags: -frounding-math
// Scalar floating point, double and float: arithmetic, comparisons, conversions, rounding modes, exception flags, printing.
// Only what IEEE 754 fixes: signs and payloads of NaN and conversions out of range differ between machines.
#include "check.h"

#include <fenv.h>
#include <math.h>

static const double values[] = {0.0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3.5, 1e10, -1e10, 1e300, -1e300, 1e-300, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
                                0.1, 1.0 / 3, 123456789.123, 4503599627370495.5, 9007199254740993.0, INFINITY, -INFINITY, NAN, 2147483647.5, -2147483648.5, 3.4028235e38, 1e-40, 16777217};
enum { N = sizeof values / sizeof *values };

static uint64_t bits(double x) {
    uint64_t b;
    memcpy(&b, &x, 8);
    return isnan(x) ? 0x7ff8000000000000 : b;
}
static uint32_t bits_f(float x) {
    uint32_t b;
    memcpy(&b, &x, 4);
    return isnan(x) ? 0x7fc00000 : b;
}

static __attribute__((noinline)) uint64_t doubles(double a, double b, double c, uint64_t s) {
    s = mix(s, bits(a + b)), s = mix(s, bits(a - b)), s = mix(s, bits(a * b)), s = mix(s, bits(a / b)), s = mix(s, bits(sqrt(fabs(a))));
    s = mix(s, bits(fma(a, b, c))), s = mix(s, bits(-a)), s = mix(s, bits(fabs(b))), s = mix(s, bits(copysign(a, b)));
    s = mix(s, bits(floor(a))), s = mix(s, bits(ceil(a))), s = mix(s, bits(trunc(a))), s = mix(s, bits(rint(a))), s = mix(s, bits(round(a)));
    if (a != b) s = mix(s, bits(fmin(a, b))), s = mix(s, bits(fmax(a, b)));
    s = mix(s, (uint64_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (a > b) << 3 | (a >= b) << 4 | (a != b) << 5 | !!isnan(a) << 6 | !!isunordered(a, b) << 7 | !!signbit(b) << 8));
    s = mix(s, bits_f((float)a)), s = mix(s, bits(a < b ? a : c)), s = mix(s, (uint64_t)fpclassify(a));
    if (a > -2147483649.0 && a < 2147483648.0) s = mix(s, (uint64_t)(int32_t)a), s = mix(s, (uint64_t)lrint(a));
    if (a > -1 && a < 4294967296.0) s = mix(s, (uint32_t)a);
    if (a > -9e18 && a < 9e18) s = mix(s, (uint64_t)(int64_t)a), s = mix(s, (uint64_t)llround(a));
    if (a > -1 && a < 1.8e19) s = mix(s, (uint64_t)a);
    return s;
}

static __attribute__((noinline)) uint64_t floats(float a, float b, float c, uint64_t s) {
    s = mix(s, bits_f(a + b)), s = mix(s, bits_f(a - b)), s = mix(s, bits_f(a * b)), s = mix(s, bits_f(a / b)), s = mix(s, bits_f(sqrtf(fabsf(a))));
    s = mix(s, bits_f(fmaf(a, b, c))), s = mix(s, bits_f(floorf(a))), s = mix(s, bits_f(rintf(a))), s = mix(s, bits_f(roundf(a))), s = mix(s, bits(a));
    s = mix(s, (uint64_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (a > b) << 3));
    if (a > -2e9f && a < 2e9f) s = mix(s, (uint64_t)(int32_t)a);
    return s;
}

static __attribute__((noinline)) uint64_t integers(int64_t a, uint64_t s) {
    s = mix(s, bits((double)a)), s = mix(s, bits((double)(uint64_t)a)), s = mix(s, bits((double)(int32_t)a)), s = mix(s, bits((double)(uint32_t)a));
    return mix(mix(mix(s, bits_f((float)a)), bits_f((float)(uint64_t)a)), bits_f((float)(int32_t)a));
}

static int raised(void) {
    int e = fetestexcept(FE_ALL_EXCEPT);
    return !!(e & FE_INVALID) | !!(e & FE_DIVBYZERO) << 1 | !!(e & FE_OVERFLOW) << 2 | !!(e & FE_UNDERFLOW) << 3 | !!(e & FE_INEXACT) << 4;
}

int main(void) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (int m = 0; m < 4; m++) {
        result("fesetround", fesetround(modes[m]));
        uint64_t d = 0, f = 0, n = 0, state = 21;
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double c = values[(i * 7 + j * 3) % N];
                d = doubles(values[i], values[j], c, d), f = floats((float)values[i], (float)values[j], (float)c, f);
            }
        for (int i = 0; i < 5000; i++) {
            uint64_t x = next_random(&state), y = next_random(&state), z = next_random(&state);
            double a, b, c;
            memcpy(&a, &x, 8), memcpy(&b, &y, 8), memcpy(&c, &z, 8);
            d = doubles(a, b, c, d), f = floats((float)(int32_t)x * 0.01f, (float)(int32_t)y * 1e-5f, (float)z, f), n = integers((int64_t)x >> (y & 63), n);
        }
        show("mode", fegetround() == modes[m]), show_hex("doubles", d), show_hex("floats", f), show_hex("integers", n);
    }
    fesetround(FE_TONEAREST);

    volatile double zero = 0, one = 1, huge = 1e308, tiny = 1e-308, x;
    volatile float narrow;
    volatile int i;
#define RAISES(what, expression) (feclearexcept(FE_ALL_EXCEPT), (void)(expression), show(what, raised()))
    RAISES("exact", x = one + one);
    RAISES("1 / 0", x = one / zero);
    RAISES("0 / 0", x = zero / zero);
    RAISES("inexact", x = one / 3);
    RAISES("overflow", x = huge * huge);
    RAISES("underflow", x = tiny * tiny);
    RAISES("sqrt -1", x = sqrt(-one));
    RAISES("narrowing", narrow = (float)huge);
    RAISES("to integer", i = (int)(one / 3));
    RAISES("quiet comparison", i = isless(NAN, zero));
    x = NAN;
    RAISES("signalling comparison", i = x < zero);
    (void)narrow, (void)i;
    result("feraiseexcept", feraiseexcept(FE_INVALID | FE_DIVBYZERO));
    show("raised", raised());
    fenv_t environment;
    feholdexcept(&environment);
    show("held", raised());
    fesetenv(&environment);
    show("restored", raised());

    for (int k = 0; k < N; k++) printf("%.17g %g %e %a %.3f\n", values[k], (double)(float)values[k], values[k], values[k], fabs(values[k]) < 1e15 ? values[k] : 0.0);
    printf("%.15g %.15g %ld\n", strtod("1.7976931348623159e308", 0), strtod("0x1.8p-3", 0), lround(strtod("2.5", 0)));
    int exponent;
    double fraction = frexp(1234.5, &exponent), whole, part = modf(-3.75, &whole);
    printf("%.15g %d %.15g %.15g %.15g %d\n", fraction, exponent, ldexp(0.75, -5), part, whole, ilogb(1e-310));
    printf("%.15g %.15g %.15g %.15g\n", fmod(17.5, -4), remainder(17.5, 4), nextafter(1, 2), hypot(3, 4));
    return 0;
}
