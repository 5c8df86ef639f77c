// What was said about opportunities, event by event, in few bytes: names are codes of dictionaries,
// numbers are as long as they need to be, and absent fields take nothing. Knows how to write and
// read facts; what they amount to is the business of settled_facts.h and deal_histories.h.
#ifndef QUOTACAST_SERVICES_METRICS_OPPORTUNITY_FACTS_H_
#define QUOTACAST_SERVICES_METRICS_OPPORTUNITY_FACTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/dictionary.h"

namespace quotacast::metrics {

// The names that opportunities mention. `words` holds lead sources, close reasons and competitors.
struct OpportunityNames {
  Dictionary opportunities;
  Dictionary reps;
  Dictionary accounts;
  Dictionary products;
  Dictionary segments;
  Dictionary stages;
  Dictionary words;
  Dictionary currencies;

  size_t memory_bytes() const;
};

// An amount as stated. Without a currency it was no amount of money.
struct StatedAmount {
  uint32_t currency = Dictionary::kNone;
  int64_t minor_units = 0;
};

// The fields of a change that are present. Codes are those of OpportunityNames; days count from
// 1970-01-01, and a day that is present and empty was cleared.
struct OpportunityFields {
  uint32_t stage = Dictionary::kNone;  // kNone where absent, as all codes.
  uint32_t owner = Dictionary::kNone;
  uint32_t account = Dictionary::kNone;  // The code of "" when it was cleared, as the next one.
  uint32_t product = Dictionary::kNone;
  uint32_t segment = Dictionary::kNone;
  uint32_t lead_source = Dictionary::kNone;
  uint32_t close_reason = Dictionary::kNone;
  uint32_t competitor = Dictionary::kNone;
  std::optional<StatedAmount> amount;
  std::optional<std::optional<int32_t>> created_day;
  std::optional<std::optional<int32_t>> expected_close_day;
  std::optional<int> motion;             // crm.v1.Motion.
  std::optional<int> forecast_category;  // crm.v1.ForecastCategory.
  std::optional<int> discovery_rating;
  std::optional<bool> has_customer_problem;
};

// What a fact is.
enum class OpportunityFactKind : uint8_t { kChange, kRetraction, kDeletion, kRestoration, kMerge };

// A fact without its fields.
struct OpportunityFactHead {
  static constexpr int64_t kNoTime = INT64_MIN;
  static constexpr uint32_t kNoFact = UINT32_MAX;

  int64_t effective_micros = kNoTime;  // Since 1970.
  uint64_t key_hash = 0;               // Of what tells facts of one opportunity apart.
  uint64_t fields_begin = 0;
  uint32_t offset = 0;          // In the log.
  uint32_t first = 0;           // The first saying about the same fact, itself perhaps.
  uint32_t previous = kNoFact;  // The fact before of the same opportunity.
  uint16_t fields_size = 0;
  OpportunityFactKind kind = OpportunityFactKind::kChange;
  bool is_late = false;  // Learned more than kReconstructionLagDays after it was true.
};

// What stands in front of the fields of a change.
void WriteFields(const crm::v1::OpportunityChange& change, OpportunityNames& names,
                 std::string& bytes);
// `bytes` are those that WriteFields wrote; what follows them is left.
OpportunityFields ReadFields(std::string_view& bytes);
// The stage alone; kNone when the change names none.
uint32_t ReadStage(std::string_view bytes);

// Numbers as long as they need to be; small negative ones are short too.
void WriteVarint(uint64_t value, std::string& bytes);
uint64_t ReadVarint(std::string_view& bytes);
constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// Not thread-safe.
class OpportunityFacts {
 public:
  // An event about an opportunity.
  struct NewFact {
    std::string_view opportunity_id;
    int64_t offset = 0;  // Larger than those before; below 2^32.
    int64_t effective_micros = OpportunityFactHead::kNoTime;
    uint64_t key_hash = 0;
    OpportunityFactKind kind = OpportunityFactKind::kChange;
    bool is_late = false;
    const crm::v1::OpportunityChange* change = nullptr;  // Of a change.
  };
  // Returns the opportunity's code.
  uint32_t Append(const NewFact& fact);

  const OpportunityNames& names() const { return names_; }
  // Codes of opportunities are below this.
  uint32_t opportunity_count() const { return static_cast<uint32_t>(opportunities_.size()); }
  // The latest fact of an opportunity; from there HeadOf(fact).previous goes back.
  uint32_t LastFact(uint32_t opportunity) const { return opportunities_[opportunity].last_fact; }
  const OpportunityFactHead& HeadOf(uint32_t fact) const { return heads_[fact]; }
  std::string_view FieldsOf(const OpportunityFactHead& head) const;
  size_t fact_count() const { return heads_.size(); }
  size_t memory_bytes() const;

 private:
  friend class BookSnapshot;

  // Above so many facts an opportunity's keys are looked up, not walked through.
  static constexpr uint32_t kMaxWalk = 64;
  static constexpr size_t kBlockBytes = size_t{1} << 16;

  struct Opportunity {
    uint32_t last_fact = OpportunityFactHead::kNoFact;
    uint32_t fact_count = 0;
    uint64_t key_bits = 0;  // A bit set per key: most new keys are told by it alone.
  };

  // The first fact of the opportunity with that key; kNoFact when it is new.
  uint32_t FindKey(uint32_t code, const Opportunity& opportunity, uint64_t key_hash) const;
  void IndexKeys(uint32_t code, const Opportunity& opportunity);
  uint64_t StoreFields(std::string_view bytes);

  OpportunityNames names_;
  std::vector<Opportunity> opportunities_;
  std::deque<OpportunityFactHead> heads_;
  // Fields of a fact lie within one block: begin / kBlockBytes.
  std::vector<std::unique_ptr<std::array<char, kBlockBytes>>> blocks_;
  uint64_t fields_end_ = 0;
  std::string scratch_;
  // Of opportunities with many facts: the first fact by key.
  std::unordered_map<uint32_t, std::unordered_map<uint64_t, uint32_t>> indexed_keys_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_OPPORTUNITY_FACTS_H_
