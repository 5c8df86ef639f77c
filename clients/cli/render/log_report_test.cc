// Goal: figures and faults are told in words, and no line is wider than the terminal. Method:
// messages made by hand.
#include "clients/cli/render/log_report.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/terminal.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(LogReportTest, KindsHaveTheirNames) {
  EXPECT_EQ(EntityKindName(crm::v1::ENTITY_KIND_ORDER_LINE), "order_line");
  EXPECT_EQ(EntityKindName(crm::v1::ENTITY_KIND_UNSPECIFIED), "other");
}

TEST(LogReportTest, StatsTellSizeAndExtent) {
  ingestion::v1::GetLogStatsResponse response;
  response.set_store("sqlite");
  EXPECT_EQ(LogStatsReport(response, Terminal()), "The log is empty (store: sqlite).\n");
  response.set_event_count(12'345);
  response.set_payload_bytes(678'901);
  response.mutable_first_recorded_time()->set_seconds(1'500'000'000);
  response.mutable_last_recorded_time()->set_seconds(1'500'000'000);
  response.set_conflict_count(1);
  response.add_entities()->set_entity(crm::v1::ENTITY_KIND_REP);
  response.add_sources()->set_source("crm");
  const std::string report = LogStatsReport(response, Terminal());
  EXPECT_TRUE(Has(report, "12,345 events, 678,901 bytes")) << report;
  EXPECT_TRUE(Has(report, "14 Jul 2017") || Has(report, "2017-07-14")) << report;
  EXPECT_TRUE(Has(report, "1 conflict,")) << report;
  EXPECT_TRUE(Has(report, "rep")) << report;
}

TEST(LogReportTest, FaultsAreShownUpToALimit) {
  ingestion::v1::VerifyLogResponse response;
  response.set_checked_event_count(100);
  response.set_done(true);
  EXPECT_TRUE(Has(VerificationReport(response, Terminal()), "All is well: 100 events"));
  for (int i = 1; i <= 60; ++i) {
    ingestion::v1::LogFault& fault = *response.add_faults();
    fault.set_offset(i);
    fault.set_reason("OFFSET_GAP");
  }
  response.set_fault_count(70);
  const std::string report = VerificationReport(response, Terminal());
  EXPECT_TRUE(Has(report, "70 faults in 100 events")) << report;
  EXPECT_TRUE(Has(report, "offset 50: OFFSET_GAP")) << report;
  EXPECT_FALSE(Has(report, "offset 51:")) << report;
  EXPECT_TRUE(Has(report, "The first 50 are shown")) << report;
}

TEST(LogReportTest, AnErasureNamesThePseudonym) {
  ingestion::v1::ErasePersonResponse response;
  response.set_pseudonym("erased-rep-1");
  response.set_erased_event_count(2);
  response.set_renamed_event_count(1);
  const std::string report = ErasureReport(response, Terminal());
  EXPECT_TRUE(Has(report, "erased-rep-1: 2 events")) << report;
  EXPECT_TRUE(Has(report, "1 other\nevent renamed")) << report;
}

}  // namespace
}  // namespace quotacast::cli
