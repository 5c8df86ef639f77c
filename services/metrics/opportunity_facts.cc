#include "services/metrics/opportunity_facts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/time/civil_time.h"
#include "base/money.h"
#include "google/type/date.pb.h"
#include "services/metrics/day_number.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

// The fields that are present, a bit each, in the order in which they are written.
enum FieldBit : uint32_t {
  kStage = 1u << 0,
  kOwner = 1u << 1,
  kAccount = 1u << 2,
  kProduct = 1u << 3,
  kSegment = 1u << 4,
  kAmount = 1u << 5,
  kCreatedDay = 1u << 6,
  kExpectedCloseDay = 1u << 7,
  kLeadSource = 1u << 8,
  kCloseReason = 1u << 9,
  kCompetitor = 1u << 10,
  kMotion = 1u << 11,
  kForecastCategory = 1u << 12,
  kDiscoveryRating = 1u << 13,
  kHasCustomerProblem = 1u << 14,
  kNoCustomerProblem = 1u << 15,
};

// 0: cleared.
void WriteDay(const google::type::Date& date, std::string& bytes) {
  const std::optional<absl::CivilDay> day = ToCivilDay(date);
  WriteVarint(day ? ZigZag(NumberOfDay(*day)) + 1 : 0, bytes);
}

std::optional<int32_t> ReadDay(std::string_view& bytes) {
  const uint64_t value = ReadVarint(bytes);
  if (value == 0) return std::nullopt;
  return static_cast<int32_t>(UnZigZag(value - 1));
}

// 0: no amount of money.
void WriteAmount(const google::type::Money& amount, OpportunityNames& names, std::string& bytes) {
  const std::optional<Money> money = ToMoney(amount);
  WriteVarint(money ? uint64_t{names.currencies.CodeOf(money->currency)} + 1 : 0, bytes);
  if (money) WriteVarint(ZigZag(money->minor_units), bytes);
}

StatedAmount ReadAmount(std::string_view& bytes) {
  const uint64_t currency = ReadVarint(bytes);
  if (currency == 0) return {};
  return {static_cast<uint32_t>(currency - 1), UnZigZag(ReadVarint(bytes))};
}

uint32_t ReadCode(std::string_view& bytes) { return static_cast<uint32_t>(ReadVarint(bytes)); }
int ReadSmall(std::string_view& bytes) { return static_cast<int>(UnZigZag(ReadVarint(bytes))); }

uint32_t BitsOf(const crm::v1::OpportunityChange& change) {
  uint32_t bits = 0;
  // An empty owner, segment or stage says nothing; an empty account or product clears it.
  if (!change.stage_id().empty()) bits |= kStage;
  if (!change.owner_rep_id().empty()) bits |= kOwner;
  if (change.has_account_id()) bits |= kAccount;
  if (change.has_product_id()) bits |= kProduct;
  if (!change.segment_id().empty()) bits |= kSegment;
  if (change.has_amount()) bits |= kAmount;
  if (change.has_created_date()) bits |= kCreatedDay;
  if (change.has_expected_close_date()) bits |= kExpectedCloseDay;
  if (change.has_lead_source()) bits |= kLeadSource;
  if (change.has_close_reason()) bits |= kCloseReason;
  if (change.has_competitor()) bits |= kCompetitor;
  if (change.has_motion()) bits |= kMotion;
  if (change.has_forecast_category()) bits |= kForecastCategory;
  if (change.has_discovery_rating()) bits |= kDiscoveryRating;
  if (change.has_customer_problem()) {
    bits |= change.customer_problem().empty() ? kNoCustomerProblem : kHasCustomerProblem;
  }
  return bits;
}

}  // namespace

size_t OpportunityNames::memory_bytes() const {
  return opportunities.memory_bytes() + reps.memory_bytes() + accounts.memory_bytes() +
         products.memory_bytes() + segments.memory_bytes() + stages.memory_bytes() +
         words.memory_bytes() + currencies.memory_bytes();
}

void WriteVarint(uint64_t value, std::string& bytes) {
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<char>(value));
}

uint64_t ReadVarint(std::string_view& bytes) {
  uint64_t value = 0;
  size_t i = 0;
  for (int shift = 0; i < bytes.size() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[i++]);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  bytes.remove_prefix(i);
  return value;
}

void WriteFields(const crm::v1::OpportunityChange& change, OpportunityNames& names,
                 std::string& bytes) {
  const uint32_t bits = BitsOf(change);
  WriteVarint(bits, bytes);
  if (bits & kStage) WriteVarint(names.stages.CodeOf(change.stage_id()), bytes);
  if (bits & kOwner) WriteVarint(names.reps.CodeOf(change.owner_rep_id()), bytes);
  if (bits & kAccount) WriteVarint(names.accounts.CodeOf(change.account_id()), bytes);
  if (bits & kProduct) WriteVarint(names.products.CodeOf(change.product_id()), bytes);
  if (bits & kSegment) WriteVarint(names.segments.CodeOf(change.segment_id()), bytes);
  if (bits & kAmount) WriteAmount(change.amount(), names, bytes);
  if (bits & kCreatedDay) WriteDay(change.created_date(), bytes);
  if (bits & kExpectedCloseDay) WriteDay(change.expected_close_date(), bytes);
  if (bits & kLeadSource) WriteVarint(names.words.CodeOf(change.lead_source()), bytes);
  if (bits & kCloseReason) WriteVarint(names.words.CodeOf(change.close_reason()), bytes);
  if (bits & kCompetitor) WriteVarint(names.words.CodeOf(change.competitor()), bytes);
  if (bits & kMotion) WriteVarint(ZigZag(change.motion()), bytes);
  if (bits & kForecastCategory) WriteVarint(ZigZag(change.forecast_category()), bytes);
  if (bits & kDiscoveryRating) WriteVarint(ZigZag(change.discovery_rating()), bytes);
}

OpportunityFields ReadFields(std::string_view& bytes) {
  OpportunityFields fields;
  const auto bits = static_cast<uint32_t>(ReadVarint(bytes));
  if (bits & kStage) fields.stage = ReadCode(bytes);
  if (bits & kOwner) fields.owner = ReadCode(bytes);
  if (bits & kAccount) fields.account = ReadCode(bytes);
  if (bits & kProduct) fields.product = ReadCode(bytes);
  if (bits & kSegment) fields.segment = ReadCode(bytes);
  if (bits & kAmount) fields.amount = ReadAmount(bytes);
  if (bits & kCreatedDay) fields.created_day = ReadDay(bytes);
  if (bits & kExpectedCloseDay) fields.expected_close_day = ReadDay(bytes);
  if (bits & kLeadSource) fields.lead_source = ReadCode(bytes);
  if (bits & kCloseReason) fields.close_reason = ReadCode(bytes);
  if (bits & kCompetitor) fields.competitor = ReadCode(bytes);
  if (bits & kMotion) fields.motion = ReadSmall(bytes);
  if (bits & kForecastCategory) fields.forecast_category = ReadSmall(bytes);
  if (bits & kDiscoveryRating) fields.discovery_rating = ReadSmall(bytes);
  if (bits & kHasCustomerProblem) fields.has_customer_problem = true;
  if (bits & kNoCustomerProblem) fields.has_customer_problem = false;
  return fields;
}

uint32_t ReadStage(std::string_view bytes) {
  const auto bits = static_cast<uint32_t>(ReadVarint(bytes));
  return bits & kStage ? ReadCode(bytes) : Dictionary::kNone;
}

uint32_t OpportunityFacts::Append(const NewFact& fact) {
  const uint32_t code = names_.opportunities.CodeOf(fact.opportunity_id);
  if (code == opportunities_.size()) opportunities_.emplace_back();
  Opportunity& opportunity = opportunities_[code];
  const auto number = static_cast<uint32_t>(heads_.size());

  OpportunityFactHead head;
  head.effective_micros = fact.effective_micros;
  head.key_hash = fact.key_hash;
  head.offset = static_cast<uint32_t>(fact.offset);
  const uint32_t known = FindKey(code, opportunity, fact.key_hash);
  head.first = known == OpportunityFactHead::kNoFact ? number : known;
  head.previous = opportunity.last_fact;
  head.kind = fact.kind;
  head.is_late = fact.is_late;
  if (fact.change != nullptr) {
    scratch_.clear();
    WriteFields(*fact.change, names_, scratch_);
    head.fields_begin = StoreFields(scratch_);
    head.fields_size = static_cast<uint16_t>(scratch_.size());
  }
  heads_.push_back(head);
  opportunity.last_fact = number;
  opportunity.key_bits |= uint64_t{1} << (fact.key_hash & 63);
  ++opportunity.fact_count;
  if (opportunity.fact_count == kMaxWalk) {
    IndexKeys(code, opportunity);
  } else if (opportunity.fact_count > kMaxWalk) {
    indexed_keys_[code].emplace(fact.key_hash, head.first);
  }
  return code;
}

uint32_t OpportunityFacts::FindKey(uint32_t code, const Opportunity& opportunity,
                                   uint64_t key_hash) const {
  if ((opportunity.key_bits >> (key_hash & 63) & 1) == 0) return OpportunityFactHead::kNoFact;
  if (opportunity.fact_count >= kMaxWalk) {
    const auto& keys = indexed_keys_.at(code);
    const auto found = keys.find(key_hash);
    return found == keys.end() ? OpportunityFactHead::kNoFact : found->second;
  }
  for (uint32_t fact = opportunity.last_fact; fact != OpportunityFactHead::kNoFact;
       fact = heads_[fact].previous) {
    if (heads_[fact].key_hash == key_hash) return heads_[fact].first;
  }
  return OpportunityFactHead::kNoFact;
}

void OpportunityFacts::IndexKeys(uint32_t code, const Opportunity& opportunity) {
  auto& keys = indexed_keys_[code];
  for (uint32_t fact = opportunity.last_fact; fact != OpportunityFactHead::kNoFact;
       fact = heads_[fact].previous) {
    keys[heads_[fact].key_hash] = heads_[fact].first;
  }
}

uint64_t OpportunityFacts::StoreFields(std::string_view bytes) {
  const uint64_t room = blocks_.size() * kBlockBytes - fields_end_;
  if (room < bytes.size()) {
    fields_end_ += room;
    blocks_.push_back(std::make_unique<std::array<char, kBlockBytes>>());
  }
  const uint64_t begin = fields_end_;
  std::copy(bytes.begin(), bytes.end(),
            blocks_.back()->data() + static_cast<std::ptrdiff_t>(begin % kBlockBytes));
  fields_end_ += bytes.size();
  return begin;
}

std::string_view OpportunityFacts::FieldsOf(const OpportunityFactHead& head) const {
  if (head.fields_size == 0) return {};
  return {blocks_[head.fields_begin / kBlockBytes]->data() + head.fields_begin % kBlockBytes,
          head.fields_size};
}

size_t OpportunityFacts::memory_bytes() const {
  size_t bytes = names_.memory_bytes() + opportunities_.capacity() * sizeof(Opportunity) +
                 heads_.size() * sizeof(OpportunityFactHead) + blocks_.size() * kBlockBytes;
  for (const auto& entry : indexed_keys_) bytes += entry.second.size() * 40;
  return bytes;
}

}  // namespace quotacast::metrics
