// Goal: what an answer rests on, in three lines. Method: golden texts.
#include "clients/cli/render/certificate_text.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

// 60 columns without Unicode.
Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  return terminal;
}

TEST(CertificateTextTest, AsciiNarrow) {
  const type::v1::Estimate headline = SampleEstimate(0.37, 0.005, 0.06, 0.009);
  EXPECT_EQ("\n" + CertificateText(SampleCertificate(), &headline, Ascii()) +
                WarningsText(SampleCertificate(), Ascii()),
            R"(
Data   as of 30 Sep 2017, known by 2017-07-14 02:40 UTC
       (event 16,321); thin history; past reconstructed from
       an import
Model  3f2a9c01d7e4, 64 parameter draws; scenario
       1b2c3d4e5f60
Run    seed 7, 10,048 trials, engine scalar-1; P(quota) +/-
       0.5 points by chance, +/- 6.0 by what the history
       cannot tell
note: The history covers three quarters only.
)");
}

TEST(CertificateTextTest, WithoutAHeadlineNoErrors) {
  const std::string text = CertificateText(SampleCertificate(), nullptr, Terminal());
  EXPECT_EQ(text.find("points"), std::string::npos) << text;
  EXPECT_NE(text.find("Run    seed 7, 10,048 trials, engine scalar-1\n"), std::string::npos);
}

TEST(CertificateTextTest, EveryTierHasWords) {
  type::v1::Certificate certificate = SampleCertificate();
  certificate.set_data_tier(type::v1::DATA_TIER_FULL);
  EXPECT_NE(CertificateText(certificate, nullptr, Terminal()).find("; enough history"),
            std::string::npos);
  certificate.set_data_tier(type::v1::DATA_TIER_BENCHMARK_ONLY);
  EXPECT_NE(CertificateText(certificate, nullptr, Terminal()).find("; too little history"),
            std::string::npos);
}

TEST(CertificateTextTest, TheTrackRecordWhenThereIsOne) {
  Terminal wide;
  wide.width_columns = 200;
  type::v1::Certificate certificate = SampleCertificate();
  EXPECT_EQ(CertificateText(certificate, nullptr, wide).find("Record"), std::string::npos);
  type::v1::TrackRecord& record = *certificate.mutable_track_record();
  record.set_period_count(2);
  record.set_forecast_count(6);
  record.set_directional(true);
  record.set_coverage_80(5.0 / 6);
  EXPECT_NE(CertificateText(certificate, nullptr, wide)
                .find("Record 6 forecasts of 2 past periods back-tested: 83 % of outcomes inside "
                      "the 80 % interval; directional, as fewer than 8 periods are\n"),
            std::string::npos)
      << CertificateText(certificate, nullptr, wide);
  record.set_directional(false);
  record.set_skill(-0.25);
  record.set_baseline("pipeline conversion (B1)");
  EXPECT_NE(CertificateText(certificate, nullptr, wide)
                .find("the 80 % interval, 25 % worse than pipeline conversion (B1)\n"),
            std::string::npos)
      << CertificateText(certificate, nullptr, wide);
}

}  // namespace
}  // namespace quotacast::cli
