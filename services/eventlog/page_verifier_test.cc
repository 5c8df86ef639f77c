// Goal: each kind of damage is found once, at its offset, and a clean page has none. Method: rows
// made by hand.
#include "services/eventlog/page_verifier.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

StoredFields Row(int64_t offset, int64_t recorded_micros) {
  StoredFields fields;
  fields.workspace = "w";
  fields.offset = offset;
  fields.source = "crm";
  fields.source_key = "k";
  fields.version = "v";
  fields.recorded_micros = recorded_micros;
  fields.payload = "secret";
  return fields;
}

void CheckSound(PageVerifier& verifier, const StoredFields& fields) {
  verifier.Check(fields, EventChecksum(fields));
}

std::vector<std::string> Faults(const PageVerifier& verifier) {
  std::vector<std::string> faults;
  for (const StoredEventFault& fault : verifier.page().faults) {
    faults.push_back(std::to_string(fault.offset) + " " + fault.reason);
    EXPECT_EQ(fault.message.find("secret"), std::string::npos) << fault.message;
  }
  return faults;
}

TEST(PageVerifierTest, ACleanPageHasNoFaults) {
  PageVerifier verifier(2, 99);
  CheckSound(verifier, Row(3, 100));
  CheckSound(verifier, Row(4, 100));
  verifier.Check(Row(5, 101), std::nullopt);  // A row without a checksum.
  verifier.CheckEnd(5);
  EXPECT_EQ(Faults(verifier), std::vector<std::string>());
  EXPECT_EQ(verifier.page().last_offset, 5);
  EXPECT_EQ(verifier.page().event_count, 3);
}

TEST(PageVerifierTest, AnEmptyPageStaysWhereItIs) {
  PageVerifier verifier(7, std::nullopt);
  EXPECT_EQ(verifier.page().last_offset, 7);
  PageVerifier negative(-3, std::nullopt);
  CheckSound(negative, Row(1, 1));
  EXPECT_EQ(Faults(negative), std::vector<std::string>());
}

TEST(PageVerifierTest, FindsGapsAtTheirFirstOffset) {
  PageVerifier verifier(0, std::nullopt);
  CheckSound(verifier, Row(2, 1));
  CheckSound(verifier, Row(3, 1));
  CheckSound(verifier, Row(6, 1));
  verifier.CheckEnd(8);
  EXPECT_EQ(Faults(verifier),
            (std::vector<std::string>{"1 OFFSET_GAP", "4 OFFSET_GAP", "7 OFFSET_GAP"}));
  EXPECT_EQ(verifier.page().faults[0].message, "event 1 is missing");
  EXPECT_EQ(verifier.page().faults[1].message, "events 4 to 5 are missing");
  EXPECT_EQ(verifier.page().faults[2].message, "events 7 to 8 are missing");
}

TEST(PageVerifierTest, FindsTimesThatDecreaseAlsoAcrossPages) {
  PageVerifier verifier(4, 100);
  CheckSound(verifier, Row(5, 99));
  CheckSound(verifier, Row(6, 99));
  CheckSound(verifier, Row(7, 98));
  EXPECT_EQ(Faults(verifier),
            (std::vector<std::string>{"5 RECORDED_TIME_DECREASES", "7 RECORDED_TIME_DECREASES"}));
}

TEST(PageVerifierTest, FindsChangedBytes) {
  PageVerifier verifier(0, std::nullopt);
  verifier.Check(Row(1, 1), EventChecksum(Row(1, 1)) ^ 1u);
  EXPECT_EQ(Faults(verifier), (std::vector<std::string>{"1 CHECKSUM_MISMATCH"}));
}

}  // namespace
}  // namespace quotacast::eventlog
