// Goal: another program reads back what was written. Method: fields and figures at the edges.
#include "clients/cli/render/csv.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

TEST(CsvTest, WhatWouldEndAFieldIsQuoted) {
  EXPECT_EQ(CsvLine({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(CsvLine({"a\nb", "c\rd", "e,f", "\"g\""}),
            "\"a\nb\",\"c\rd\",\"e,f\",\"\"\"g\"\"\"\r\n");
}

TEST(CsvTest, NumbersHaveAllDigitsAndNoExponent) {
  EXPECT_EQ(ExactNumber(0.1), "0.1");
  EXPECT_EQ(ExactNumber(-0.0625), "-0.0625");
  EXPECT_EQ(ExactNumber(1e22), "10000000000000000000000");
  for (const double value : {1.0 / 3, 123456789.25, std::numeric_limits<double>::min(),
                             std::numeric_limits<double>::max()}) {
    EXPECT_EQ(std::stod(ExactNumber(value)), value);
    EXPECT_EQ(ExactNumber(value).find('e'), std::string::npos);
  }
}

}  // namespace
}  // namespace quotacast::cli
