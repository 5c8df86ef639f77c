// Goal: histories in layers say what histories made at once say, at every stage of the patch and of
// its folding, and what was given out never changes. Method: random facts about 40 deals, most of
// them about few; a cache that is asked after every few facts, also as of earlier offsets, with and
// without folding; each answer against histories made from the same facts in one layer.
#include "services/metrics/deal_histories.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/name_order.h"
#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {
namespace {

constexpr int kFactCount = 600;
constexpr size_t kDealCount = 40;
constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;
const std::vector<bool> kClosing = {false, false, true, true};
const char* const kStages[] = {"Discovery", "Proposal", "Won", "Lost"};

class RandomFacts {
 public:
  explicit RandomFacts(uint64_t seed) : seed_(seed) {
    for (const char* stage : kStages) {
      crm::v1::OpportunityChange change;
      change.set_stage_id(stage);
      Append("a", 0, OpportunityFactKind::kChange, &change);
    }
  }

  // Adds a fact, and returns the code of its deal.
  uint32_t Add() {
    // Half of the facts are about a handful of deals; new ones come in between the known.
    const size_t deal = Below(2) == 0 ? Below(5) : Below(kDealCount);
    const std::string id = absl::StrCat(std::string(1, static_cast<char>('a' + deal % 7)), deal);
    if (Below(15) == 0) return Append(id, Below(50), OpportunityFactKind::kDeletion, nullptr);
    if (Below(15) == 0) return Append(id, Below(50), OpportunityFactKind::kRestoration, nullptr);
    crm::v1::OpportunityChange change;
    if (Below(3) != 0) change.set_stage_id(kStages[Below(4)]);
    if (Below(3) == 0) change.set_owner_rep_id(absl::StrCat("rep", Below(4)));
    if (Below(5) == 0) change.set_account_id(absl::StrCat("account", Below(9)));
    if (Below(2) == 0) {
      change.mutable_amount()->set_units(static_cast<int64_t>(Below(9)));
      if (Below(40) != 0) change.mutable_amount()->set_currency_code("USD");
    }
    if (Below(6) == 0) change.set_discovery_rating(static_cast<int32_t>(Below(6)));
    return Append(id, Below(50), OpportunityFactKind::kChange, &change);
  }

  size_t Below(size_t limit) {
    return RandomBlock(seed_, ++draw_count_, 0, RandomPurpose::kSynthetic, 0)[0] % limit;
  }
  const OpportunityFacts& facts() const { return facts_; }
  int64_t offset() const { return offset_; }

 private:
  uint32_t Append(const std::string& id, size_t day, OpportunityFactKind kind,
                  const crm::v1::OpportunityChange* change) {
    OpportunityFacts::NewFact fact;
    fact.opportunity_id = id;
    fact.offset = ++offset_;
    if (day > 0) fact.effective_micros = static_cast<int64_t>(day) * kMicrosPerDay;
    // At times a later saying about a fact of before.
    fact.key_hash = Below(4) == 0 ? Below(20) : static_cast<uint64_t>(1'000 + offset_);
    fact.kind = kind;
    fact.change = change;
    return facts_.Append(fact);
  }

  const uint64_t seed_;
  uint64_t draw_count_ = 0;
  int64_t offset_ = 0;
  OpportunityFacts facts_;
};

std::string ToText(const StatedAmount& amount) {
  return absl::StrCat(amount.currency, ":", amount.minor_units);
}
template <typename Value>
std::string ToText(Value value) {
  return absl::StrCat(static_cast<int>(value));
}

template <typename Value>
void Write(const FieldHistory<Value>& history, size_t deal, std::string& text) {
  const uint32_t end = history.EndOf(deal, INT32_MAX);
  for (uint32_t saying = history.BeginOf(deal); saying < end; ++saying) {
    absl::StrAppend(&text, history.DayAt(saying), "=", ToText(history.ValueAt(saying)), " ");
  }
  absl::StrAppend(&text, "| ");
}

// A line per deal: all that is known of it.
std::vector<std::string> Lines(const DealHistories& histories) {
  std::vector<std::string> lines;
  for (const uint32_t place : histories.places()) {
    const auto [layer, deal] = histories.At(place);
    std::string text(histories.IdOf(place));
    absl::StrAppend(&text, " ", layer.is_undated[deal], " ");
    Write(layer.ends, deal, text);
    Write(layer.facts, deal, text);
    Write(layer.stages, deal, text);
    Write(layer.owners, deal, text);
    Write(layer.accounts, deal, text);
    Write(layer.amounts, deal, text);
    Write(layer.discovery_ratings, deal, text);
    lines.push_back(text);
  }
  return lines;
}

class DealHistoriesTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(DealHistoriesTest, SaysInLayersWhatItSaysAtOnce) {
  RandomFacts source(GetParam());
  // Folds as soon as it may, and never.
  DealHistoryCache folding(0);
  DealHistoryCache patching(SIZE_MAX);
  NameOrderCache order;
  std::vector<std::pair<std::shared_ptr<const DealHistories>, std::vector<std::string>>> given_out;
  size_t patched_count = 0;
  size_t folded_count = 0;
  for (int i = 0; i < kFactCount;) {
    for (size_t more = 1 + source.Below(12); more > 0; --more, ++i) {
      const uint32_t code = source.Add();
      folding.Touch(code, source.offset());
      patching.Touch(code, source.offset());
    }
    const DealHistorySource from{.facts = &source.facts(),
                                 .names = order.Get(source.facts().names().opportunities),
                                 .closing_stages = &kClosing};
    const int64_t all = source.offset();
    const auto some = static_cast<int64_t>(1 + source.Below(static_cast<size_t>(all)));
    for (const int64_t offset : {all, some}) {
      const auto at_once = MakeDealHistories(from, offset, nullptr, {});
      ASSERT_EQ(at_once->patch().size(), 0u);
      const std::vector<std::string> wanted = Lines(*at_once);
      for (DealHistoryCache* cache : {&folding, &patching}) {
        const auto found = cache->Get(from, offset);
        ASSERT_EQ(Lines(*found), wanted) << "offset " << offset << " of " << all;
        EXPECT_GE(found->may_have_bad_amounts(), at_once->may_have_bad_amounts());
        EXPECT_GE(found->MaySayAny(&DealLayer::owners), at_once->MaySayAny(&DealLayer::owners));
        EXPECT_EQ(Lines(*FoldDealHistories(*found)), wanted);
        if (found->patch().size() > 0) ++patched_count;
        if (offset == all && cache == &folding && found->base()->size() > 20) ++folded_count;
        given_out.emplace_back(found, wanted);
      }
    }
  }
  for (const auto& [histories, lines] : given_out) EXPECT_EQ(Lines(*histories), lines);
  EXPECT_GT(patched_count, 100u);
  EXPECT_GT(folded_count, 10u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DealHistoriesTest, ::testing::Range(1u, 9u));

// 2,000 deals of which three change and one is new: what is copied is what changed.
TEST(DealHistories, CopiesOnlyWhatWasTouched) {
  OpportunityFacts facts;
  DealHistoryCache cache;
  NameOrderCache order;
  int64_t offset = 0;
  const auto add = [&](int deal) {
    crm::v1::OpportunityChange change;
    change.set_owner_rep_id("rep");
    OpportunityFacts::NewFact fact;
    const std::string id = absl::StrCat("deal", deal);
    fact.opportunity_id = id;
    fact.offset = ++offset;
    fact.effective_micros = offset * kMicrosPerDay;
    fact.key_hash = static_cast<uint64_t>(offset);
    fact.change = &change;
    cache.Touch(facts.Append(fact), offset);
  };
  const auto get = [&] {
    const DealHistorySource from{.facts = &facts,
                                 .names = order.Get(facts.names().opportunities),
                                 .closing_stages = &kClosing};
    return cache.Get(from, offset);
  };
  for (int deal = 0; deal < 2'000; ++deal) add(deal);
  const auto before = get();
  EXPECT_EQ(before->base()->size(), 2'000u);
  for (const int deal : {7, 70, 700, 7, 2'000}) add(deal);
  const auto after = get();
  EXPECT_EQ(after->base(), before->base());
  EXPECT_EQ(after->patch().size(), 4u);
  EXPECT_EQ(after->size(), 2'001u);
  EXPECT_EQ(before->patch().size(), 0u);
}

}  // namespace
}  // namespace quotacast::metrics
