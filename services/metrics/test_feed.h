// Writes feeds for tests: events with the ids and envelopes that imports give them.
#ifndef QUOTACAST_SERVICES_METRICS_TEST_FEED_H_
#define QUOTACAST_SERVICES_METRICS_TEST_FEED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/metrics/book.h"

namespace quotacast::metrics {

// Fields of an opportunity's event; what is not set did not change.
struct DealFields {
  std::string rep = {};
  std::string product = {};
  std::string segment = {};
  std::optional<int64_t> amount = {};  // Major units.
  std::optional<absl::CivilDay> created = {};
  std::optional<absl::CivilDay> expected_close = {};
  std::string currency = "USD";
  std::string version = {};  // Instead of "<stage>@<date>".
};

class TestFeed {
 public:
  // Everything is recorded on the morning of this day until RecordOn says otherwise.
  explicit TestFeed(absl::CivilDay recorded_day) { RecordOn(recorded_day); }

  void RecordOn(absl::CivilDay day);

  // The stages Discovery, Proposal (open), Won and Lost.
  void Stages();
  void Stage(const std::string& id, int position, crm::v1::StageCategory category);
  void Team(const std::string& id, const std::string& parent = "");
  void Rep(const std::string& id, const std::string& team, std::optional<absl::CivilDay> start = {},
           std::optional<absl::CivilDay> end = {});
  void Product(const std::string& id, int64_t list_price, const std::string& currency = "USD");
  void Quota(const std::string& rep, const std::string& period, int64_t amount,
             const std::string& currency = "USD");
  void Calendar(int start_month);

  // An opportunity enters `stage` ("": only its fields change) on `day` (absent: nobody says
  // when).
  void Deal(const std::string& id, const std::string& stage, std::optional<absl::CivilDay> day,
            const DealFields& fields = {});

  // From creation to a closing stage in one line.
  void Closed(const std::string& id, const std::string& stage, absl::CivilDay created,
              absl::CivilDay closed, const DealFields& fields = {});

  // Appends any event.
  void Add(const std::string& source_key, const std::string& version,
           std::optional<absl::Time> effective, const crm::v1::CrmEvent& event);

  const std::vector<ingestion::v1::EventRecord>& records() const { return records_; }

  // Appends what the book does not have yet; aborts when the book refuses.
  void Fill(Book& book) const;

 private:
  void AddReference(const std::string& source_key, const crm::v1::CrmEvent& event);

  absl::Time recorded_;
  std::vector<ingestion::v1::EventRecord> records_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_TEST_FEED_H_
