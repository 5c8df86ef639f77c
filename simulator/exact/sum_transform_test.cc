// Goal: transforms and their inverse give the laws of sums. Method: laws there and back, products
// against convolutions, sizes that are no powers of two, and folding of what lies beyond.
#include "simulator/exact/sum_transform.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/exact/amount_law.h"

namespace quotacast::simulator {
namespace {

TEST(SumTransformTest, LawsThereAndBack) {
  for (const int size : {1, 2, 5, 64, 300}) {
    const SumTransform circle(size);
    EXPECT_GE(circle.size(), size);
    EXPECT_LT(circle.size(), 2 * size);
    std::vector<double> law(circle.size());
    for (size_t n = 0; n < law.size(); ++n) law[n] = 1.0 / static_cast<double>((n + 1) * (n + 2));
    const std::vector<double> back = circle.Invert(circle.Of(law));
    for (size_t n = 0; n < law.size(); ++n) EXPECT_NEAR(back[n], law[n], 1e-10) << size;
  }
}

TEST(SumTransformTest, ProductsAreConvolutions) {
  const SumTransform circle(64);
  const std::vector<double> a = {0.5, 0.2, 0, 0.3}, b = {0.1, 0, 0.9};
  Spectrum product = circle.Of(a);
  product.MultiplyBy(circle.Of(b));
  SpreadAmount five;
  five.first = 5;
  product.MultiplyBy(circle.Of(five));
  const std::vector<double> law = circle.Invert(product);
  for (size_t n = 0; n < law.size(); ++n) {
    double exact = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      for (size_t j = 0; j < b.size(); ++j) exact += i + j + 5 == n ? a[i] * b[j] : 0;
    }
    EXPECT_NEAR(law[n], exact, 1e-10) << n;
  }
}

// A mass beyond the circle comes back with a weight of 10^-6.
TEST(SumTransformTest, WhatLiesBeyondIsFoldedBackLightly) {
  const SumTransform circle(16);
  SpreadAmount ten;
  ten.first = 10;
  Spectrum twice = circle.Of(ten);
  twice.MultiplyBy(circle.Of(ten));
  const std::vector<double> law = circle.Invert(twice);
  EXPECT_NEAR(law[20 - 16], 1e-6, 1e-9);
  for (size_t n = 0; n < law.size(); ++n) {
    if (n != 4) {
      EXPECT_NEAR(law[n], 0, 1e-9) << n;
    }
  }
  // A single amount beyond is left out.
  SpreadAmount far;
  far.first = 16;
  for (const double mass : circle.Invert(circle.Of(far))) EXPECT_NEAR(mass, 0, 1e-12);
}

}  // namespace
}  // namespace quotacast::simulator
