// Goal: histories in layers say what histories made at once say, at every stage of the patch and of
// its folding, and what was given out never changes. Method: random facts about 40 deals, most of
// them about few; a cache that is asked after every few facts, also as of earlier offsets, with and
// without folding; each answer against histories made from the same facts in one layer.
#include "services/metrics/deal_histories.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/deal_layer.h"
#include "services/metrics/deal_place.h"
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

// Each deal has one place, of which the layer knows; layers of the base are ranges of ids.
void CheckLayers(const DealHistories& histories) {
  std::vector<uint32_t> live_counts(histories.layers().size());
  std::set<uint32_t> seen;
  std::vector<uint32_t> base_layers;
  for (const uint32_t place : histories.places()) {
    const uint32_t layer = LayerOf(place);
    ++live_counts[layer];
    EXPECT_TRUE(seen.insert(place).second);
    EXPECT_TRUE(histories.IsPlace(place));
    if (histories.layers()[layer].is_patch) continue;
    if (base_layers.empty() || base_layers.back() != layer) base_layers.push_back(layer);
  }
  EXPECT_EQ(std::set<uint32_t>(base_layers.begin(), base_layers.end()).size(), base_layers.size());
  for (size_t i = 0; i < live_counts.size(); ++i) {
    const DealHistories::Layer& layer = histories.layers()[i];
    EXPECT_EQ(layer.live_count, live_counts[i]);
    EXPECT_EQ(layer.live_count == 0, layer.deals->size() == 0);
    for (uint32_t deal = 0; deal < layer.deals->size(); ++deal) {
      const uint32_t place = PlaceOf(i, deal);
      EXPECT_EQ(histories.IsPlace(place), seen.count(place) > 0);
    }
  }
}

class DealHistoriesTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(DealHistoriesTest, SaysInLayersWhatItSaysAtOnce) {
  RandomFacts source(GetParam());
  // Folds as soon as it may, and never; layers of few deals, so that there are many of them.
  DealHistoryCache folding({.max_layer_deals = 6, .min_folded_deals = 0, .max_small_layers = 3});
  DealHistoryCache patching(
      {.max_layer_deals = 20, .min_folded_deals = SIZE_MAX, .max_small_layers = 5});
  NameOrderCache order;
  std::vector<std::pair<std::shared_ptr<const DealHistories>, std::vector<std::string>>> given_out;
  size_t patched_count = 0;
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
      const auto at_once = MakeDealHistories(from, offset, nullptr, {}, nullptr, {});
      ASSERT_EQ(at_once->patch_size(), 0u);
      const std::vector<std::string> wanted = Lines(*at_once);
      for (DealHistoryCache* cache : {&folding, &patching}) {
        const auto found = cache->Get(from, offset);
        ASSERT_EQ(Lines(*found), wanted) << "offset " << offset << " of " << all;
        EXPECT_GE(found->may_have_bad_amounts(), at_once->may_have_bad_amounts());
        EXPECT_GE(found->MaySayAny(&DealLayer::owners), at_once->MaySayAny(&DealLayer::owners));
        CheckLayers(*found);
        if (found->patch_size() > 0) ++patched_count;
        given_out.emplace_back(found, wanted);
      }
    }
  }
  for (const auto& [histories, lines] : given_out) EXPECT_EQ(Lines(*histories), lines);
  EXPECT_GT(patched_count, 100u);
}

// What is folded may be there some answers later, when its deals were touched, or merged into other
// layers, and numbers of layers were given to others.
TEST_P(DealHistoriesTest, TakesOverWhatWasFoldedSomeAnswersAgo) {
  const LayerLimits limits = {.max_layer_deals = 6, .min_folded_deals = 0, .max_small_layers = 2};
  RandomFacts source(GetParam());
  NameOrderCache order;
  std::shared_ptr<const DealHistories> known;
  std::optional<FoldedDeals> folded;
  size_t answers_left = 0;  // Until it is taken over.
  size_t taken_count = 0;
  for (int answer = 0; answer < 150; ++answer) {
    std::vector<bool> is_touched(kDealCount + 1);
    for (size_t more = 1 + source.Below(5); more > 0; --more) {
      is_touched[source.Add()] = true;
    }
    const DealHistorySource from{.facts = &source.facts(),
                                 .names = order.Get(source.facts().names().opportunities),
                                 .closing_stages = &kClosing};
    const bool is_there = folded && answers_left == 0;
    known = MakeDealHistories(from, source.offset(), known.get(), is_touched,
                              is_there ? &*folded : nullptr, limits);
    const auto at_once = MakeDealHistories(from, source.offset(), nullptr, {}, nullptr, limits);
    ASSERT_EQ(Lines(*known), Lines(*at_once)) << "answer " << answer;
    CheckLayers(*known);
    if (is_there && !folded->layers.empty()) ++taken_count;
    if (!folded || is_there) {
      folded = FoldPatch(known, limits);
      answers_left = source.Below(4);
    } else {
      --answers_left;
    }
  }
  EXPECT_GT(taken_count, 20u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DealHistoriesTest, ::testing::Range(1u, 9u));

// Facts about owners, and histories made of them. What was folded of one answer is taken over by
// the next one.
class SteadyFeed {
 public:
  explicit SteadyFeed(const LayerLimits& limits) : limits_(limits) {}

  void Add(int deal) {
    crm::v1::OpportunityChange change;
    change.set_owner_rep_id("rep");
    OpportunityFacts::NewFact fact;
    const std::string id = absl::StrFormat("deal%08d", deal);
    fact.opportunity_id = id;
    fact.offset = ++offset_;
    fact.effective_micros = offset_ * kMicrosPerDay;
    fact.key_hash = static_cast<uint64_t>(offset_);
    fact.change = &change;
    const uint32_t code = facts_.Append(fact);
    if (code >= is_touched_.size()) is_touched_.resize(size_t{code} + 1);
    is_touched_[code] = true;
  }

  std::shared_ptr<const DealHistories> Get() {
    const DealHistorySource source{.facts = &facts_,
                                   .names = order_.Get(facts_.names().opportunities),
                                   .closing_stages = &kClosing};
    std::optional<FoldedDeals> folded;
    if (known_ != nullptr) folded = FoldPatch(known_, limits_);
    known_ = MakeDealHistories(source, offset_, known_.get(), is_touched_,
                               folded ? &*folded : nullptr, limits_);
    is_touched_.assign(is_touched_.size(), false);
    return known_;
  }

 private:
  const LayerLimits limits_;
  OpportunityFacts facts_;
  NameOrderCache order_;
  std::shared_ptr<const DealHistories> known_;
  std::vector<bool> is_touched_;
  int64_t offset_ = 0;
};

// 40,000 deals of which three change and one is new: what is copied is what changed.
TEST(DealHistories, CopiesOnlyWhatWasTouched) {
  SteadyFeed feed(LayerLimits{});
  for (int deal = 0; deal < 40'000; ++deal) feed.Add(deal);
  const auto before = feed.Get();
  ASSERT_EQ(before->layers().size(), 3u);
  for (const int deal : {7, 70, 700, 7, 40'000}) feed.Add(deal);
  const auto after = feed.Get();
  ASSERT_EQ(after->layers().size(), 4u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(after->layers()[i].deals, before->layers()[i].deals);
  EXPECT_EQ(after->layers()[3].deals->size(), 4u);
  EXPECT_EQ(after->size(), 40'001u);
  EXPECT_EQ(after->patch_size(), 4u);
  EXPECT_EQ(before->patch_size(), 0u);
}

// Touches `count` of the deals between `first` and `last`, evenly.
void TouchSome(int first, int last, int count, int answer, SteadyFeed& feed) {
  for (int i = 0; i < count; ++i) {
    feed.Add(first + (answer * count + i) * 1'237 % (last - first));
  }
}

// A feed is folded range by range, whether it touches all deals or the last ones, and however they
// grow in number: layers stay few, what they hold of deals that moved away stays little, and the
// patch stays near its limit.
TEST(DealHistories, StayCompactUnderASteadyFeed) {
  constexpr int kDeals = 5'000;
  const LayerLimits limits = {
      .max_layer_deals = 256, .min_folded_deals = 200, .fold_share = 16, .max_small_layers = 8};
  for (const int first : {0, kDeals - 500}) {
    SteadyFeed feed(limits);
    for (int deal = 0; deal < kDeals; ++deal) feed.Add(deal);
    for (int answer = 0; answer < 400; ++answer) {
      TouchSome(first, 2 * kDeals, 40, answer, feed);
      const auto histories = feed.Get();
      size_t stored_count = 0;
      for (const DealHistories::Layer& layer : histories->layers()) {
        stored_count += layer.deals->size();
        ASSERT_LE(layer.deals->size(), limits.max_layer_deals);
      }
      ASSERT_LE(static_cast<double>(stored_count), 1.25 * static_cast<double>(histories->size()));
      ASSERT_LE(histories->patch_size(), histories->size() / limits.fold_share + 2 * 40);
      ASSERT_LE(histories->layers().size(),
                2 * histories->size() / limits.max_layer_deals + limits.max_small_layers + 4);
      if (answer % 50 == 0) CheckLayers(*histories);
    }
  }
}

}  // namespace
}  // namespace quotacast::metrics
