#include "simulator/stats/exact_moments.h"

namespace quotacast::simulator {

double ExactMoments::Mean() const {
  if (count == 0) return 0;
  // Whole part and remainder apart: a sum beyond 2^53 would lose its low digits as a double.
  return static_cast<double>(sum / count) +
         static_cast<double>(sum % count) / static_cast<double>(count);
}

double ExactMoments::CentredSquares() const {
  if (count == 0) return 0;
  // sum (x - m)^2 = squares - 2 m sum + count m^2 for the integer m. The terms may wrap around
  // 2^128, the result cannot, and modular arithmetic is exact.
  const __int128 m = sum / count;
  const unsigned __int128 about_m =
      squares -
      2 * static_cast<unsigned __int128>(m) * static_cast<unsigned __int128>(__int128{sum}) +
      static_cast<unsigned __int128>(__int128{count}) * static_cast<unsigned __int128>(m * m);
  const double remainder = static_cast<double>(sum % count);
  const double centred =
      static_cast<double>(about_m) - remainder * remainder / static_cast<double>(count);
  return centred > 0 ? centred : 0;
}

double ExactMoments::Variance() const {
  return count < 2 ? 0 : CentredSquares() / static_cast<double>(count - 1);
}

}  // namespace quotacast::simulator
