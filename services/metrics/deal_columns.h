// What KPIs read of the deals of a view, a column per field: a group-by then passes over a few
// arrays of numbers and not over everything that is known of every deal. A column is made when
// somebody first reads it.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_COLUMNS_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/day_sayings.h"
#include "services/metrics/lazy_value.h"
#include "services/metrics/view_memo.h"

namespace quotacast::metrics {

enum class StageCategory : uint8_t { kOpen, kWon, kLost };

// Whether a deal is closed on the day of a view, when and how, in four bytes. Days count from
// 1970-01-01 and lie in the years of a calendar.
class Closing {
 public:
  // What makes closings of the deals that came into a stage on a day, without a jump, which would
  // be guessed wrong: deals come in no order of outcomes.
  class Maker {
   public:
    explicit Maker(StageCategory category)
        : mask_(category == StageCategory::kOpen ? 0 : -1),
          bits_(category == StageCategory::kOpen ? kOpen
                                                 : (category == StageCategory::kWon ? 1 : 0)) {}
    Closing On(int32_t day) const {
      Closing closing;
      closing.bits_ = (2 * day & mask_) | bits_;
      return closing;
    }

   private:
    int32_t mask_;
    int32_t bits_;
  };

  Closing() = default;  // Open.

  bool is_open() const { return bits_ == kOpen; }
  bool is_won() const { return !is_open() && (bits_ & 1) != 0; }
  // Of what is open, before every other day.
  int32_t day() const { return bits_ >> 1; }
  StageCategory outcome() const {
    if (is_open()) return StageCategory::kOpen;
    return is_won() ? StageCategory::kWon : StageCategory::kLost;
  }
  bool operator==(const Closing&) const = default;

 private:
  static constexpr int32_t kOpen = INT32_MIN;

  int32_t bits_ = kOpen;
};

// Why a customer buys, as the source says.
enum class DealMotion : uint8_t { kUnknown, kNew, kExpansion, kRenewal };

class DealColumns;
using Stays = DaySayings<uint32_t>;  // Values are stages of the view.
using ExpectedCloses = DaySayings<int32_t>;

// One deal of the columns. Days count from 1970-01-01.
class DealRef {
 public:
  DealRef(const DealColumns* columns, size_t position) : columns_(columns), position_(position) {}
  // Of a deal whose rep is at hand already.
  DealRef(const DealColumns* columns, size_t position, int rep)
      : columns_(columns), position_(position), known_rep_(rep) {}

  // In the columns, and among the opportunities of the view.
  size_t position() const { return position_; }
  int rep() const;
  int segment() const;
  int product() const;
  int account() const;
  int lead_source() const;
  int close_reason() const;
  int competitor() const;
  DealMotion motion() const;
  int32_t created_day() const;
  std::optional<int32_t> expected_close_day() const;
  int stage() const;
  StageCategory outcome() const;
  int32_t close_day() const;  // Of closed deals only.
  std::optional<int64_t> amount_minor_units() const;
  std::optional<int64_t> entry_amount_minor_units() const;
  bool has_customer_problem() const;
  int discovery_rating() const;  // 1 to 5; 0: not rated.

 private:
  static constexpr int kUnknown = -2;

  const DealColumns* columns_;
  size_t position_;
  int known_rep_ = kUnknown;
};

// Goes over what has operator[], which must outlive it.
template <typename Range>
class IndexIterator {
 public:
  IndexIterator(const Range* range, size_t i) : range_(range), i_(i) {}
  auto operator*() const { return (*range_)[i_]; }
  IndexIterator& operator++() {
    ++i_;
    return *this;
  }
  bool operator!=(const IndexIterator& other) const { return i_ != other.i_; }

 private:
  const Range* range_;
  size_t i_;
};

// The deals of some columns, one after the other.
class DealRange {
 public:
  DealRange(const DealColumns* columns, size_t size) : columns_(columns), size_(size) {}
  IndexIterator<DealRange> begin() const { return {this, 0}; }
  IndexIterator<DealRange> end() const { return {this, size_}; }
  DealRef operator[](size_t i) const { return {columns_, i}; }

 private:
  const DealColumns* columns_;
  size_t size_;
};

// A deal that is closed on the day of the view, with what is asked of it most.
struct ClosedDeal {
  uint32_t position = 0;
  int rep = 0;
  int32_t close_day = 0;
  bool is_won = false;
  std::optional<int64_t> amount_minor_units;
};

// Closed deals in order of the day of their closing, then of the deal; or all of them, in their own
// order.
class ClosedDeals {
 public:
  // Some that follow each other, all of them or the won ones alone.
  template <bool kWonAlone>
  class RangeOf {
   public:
    RangeOf(const ClosedDeals* deals, size_t begin, size_t end)
        : deals_(deals), begin_(begin), end_(end) {}
    IndexIterator<RangeOf> begin() const { return {this, 0}; }
    IndexIterator<RangeOf> end() const { return {this, size()}; }
    size_t size() const { return end_ - begin_; }
    ClosedDeal operator[](size_t i) const {
      return deals_->At(kWonAlone ? deals_->won_[begin_ + i] : begin_ + i);
    }

   private:
    const ClosedDeals* deals_;
    size_t begin_;
    size_t end_;
  };
  using Range = RangeOf<false>;
  using WonRange = RangeOf<true>;

  ClosedDeals() = default;
  // In order of day; `closed` are positions of some that are closed, ascending.
  static ClosedDeals ByDay(const DealColumns& columns, std::vector<uint32_t> closed);
  // In their own order; valid as long as the columns.
  static ClosedDeals ByDeal(const DealColumns& columns, std::vector<uint32_t> closed);
  ClosedDeals(ClosedDeals&&) = default;
  ClosedDeals& operator=(ClosedDeals&&) = default;

  // Those closed on a day of the period, when they are in order of day; all without one.
  Range In(const std::optional<FiscalPeriod>& period) const;
  // Of these, the ones that are won.
  WonRange WonIn(const std::optional<FiscalPeriod>& period) const;

 private:
  explicit ClosedDeals(std::vector<uint32_t> closed) : positions_(std::move(closed)) {}

  void OrderByDay();
  void FindWon();
  // The first and the one after the last.
  std::pair<size_t, size_t> NumbersIn(const std::optional<FiscalPeriod>& period) const;
  // Where the fields below have the deal.
  size_t IndexOf(size_t number) const { return is_copied_ ? number : positions_[number]; }
  ClosedDeal At(size_t number) const;

  std::vector<uint32_t> positions_;
  // Those of the columns; or, when they are copied, of the deals here in their order. Apart from
  // each other, because most who ask look at some of them only.
  const int32_t* reps_ = nullptr;
  const Closing* closings_ = nullptr;
  const int64_t* amounts_ = nullptr;  // DealColumns::kNoAmount: none.
  bool is_copied_ = false;
  std::vector<int32_t> copied_reps_;
  std::vector<Closing> copied_closings_;
  std::vector<int64_t> copied_amounts_;
  // Numbers of those that are won: a jump for each that is lost would be guessed wrong.
  std::vector<uint32_t> won_;
};

// Deals picked out of all, in their order.
class SomeDeals {
 public:
  SomeDeals(const DealColumns* columns, LazyValue<std::vector<uint32_t>> positions)
      : columns_(columns), kept_(std::move(positions)), positions_(*kept_) {}
  IndexIterator<SomeDeals> begin() const { return {this, 0}; }
  IndexIterator<SomeDeals> end() const { return {this, size()}; }
  size_t size() const { return positions_.size(); }
  DealRef operator[](size_t i) const { return {columns_, positions_[i]}; }
  std::span<const uint32_t> positions() const { return positions_; }

 private:
  const DealColumns* columns_;
  LazyValue<std::vector<uint32_t>> kept_;
  std::span<const uint32_t> positions_;  // Of the line above.
};

// One entry per deal of the view in each column, in order of id. Names are positions in the view's
// lists, -1: none stated. Thread-safe.
class DealColumns {
 public:
  static constexpr int64_t kNoAmount = INT64_MIN;
  static constexpr int32_t kNoDay = INT32_MIN;

  size_t size() const { return rep.size(); }
  DealRef At(size_t position) const { return {this, position}; }
  DealRef At(const ClosedDeal& closed) const { return {this, closed.position, closed.rep}; }
  DealRange All() const { return {this, size()}; }

  // Closed on a day of the period, in order of the day; without one all closed deals, in their own
  // order.
  ClosedDeals::Range ClosedIn(const std::optional<FiscalPeriod>& period) const;
  // Likewise the won ones alone.
  ClosedDeals::WonRange WonIn(const std::optional<FiscalPeriod>& period) const;
  // The closed ones in order of the deals, for who looks at what was said of each: that lies in
  // this order.
  SomeDeals ClosedByDeal(const std::optional<FiscalPeriod>& period) const;
  // Created on a day of the period, in order of the deals.
  SomeDeals CreatedIn(const std::optional<FiscalPeriod>& period) const;
  // Open when the period began, or created in it, in order of the deals; all deals without one. Its
  // last closing counts: one that was reopened since was open all the time.
  SomeDeals OpenIn(const std::optional<FiscalPeriod>& period) const;
  // Open on the day of the view.
  SomeDeals OpenNow() const;

  LazyList<int32_t> rep;
  LazyList<int32_t> segment;
  LazyList<int32_t> product;
  LazyList<int32_t> account;
  LazyList<int32_t> lead_source;
  LazyList<int32_t> close_reason;
  LazyList<int32_t> competitor;
  LazyList<DealMotion> motion;
  LazyList<int32_t> created_day;
  LazyList<int32_t> expected_close_day;  // kNoDay: none.
  LazyList<int32_t> stage;               // Where it stands.
  LazyList<Closing> closing;
  LazyList<int64_t> amount_minor_units;  // kNoAmount: none, as the next one.
  LazyList<int64_t> entry_amount_minor_units;
  LazyList<uint8_t> has_customer_problem;
  LazyList<uint8_t> discovery_rating;
  // Stays in stages, at least one per deal, closing stages included: the stage from each day on.
  // The last one is where it stands.
  LazyValue<Stays> stays;
  // When it was expected to close, from each day on; what was cleared says nothing.
  LazyValue<ExpectedCloses> expected_closes;

 private:
  // Some among which those closed in the period are.
  const ClosedDeals& ClosedAround(const std::optional<FiscalPeriod>& period) const;
  LazyValue<ClosedDeals> AllClosed(bool by_day) const;
  // Those that `is_one`(position) says yes to, kept by their name: several KPIs are about the same
  // deals.
  template <typename IsOne>
  SomeDeals Pick(const std::string& name, IsOne is_one) const;

  // The order of a period's closed deals by day is quickly made, that of all serves every period:
  // the first few periods that somebody asks for have their own, and those after them share that of
  // all.
  static constexpr size_t kMaxClosedOrders = 3;
  mutable std::mutex closed_mutex_;  // Guards the two below, not what is in them, which stays.
  // By the first day and the one after the last.
  mutable std::map<std::pair<int32_t, int32_t>, LazyValue<ClosedDeals>> closed_;
  mutable std::optional<LazyValue<ClosedDeals>> all_closed_by_day_;
  ViewMemo picked_;
};

inline ClosedDeal ClosedDeals::At(size_t number) const {
  const size_t i = IndexOf(number);
  const int64_t amount = amounts_[i];
  return {.position = positions_[number],
          .rep = reps_[i],
          .close_day = closings_[i].day(),
          .is_won = closings_[i].is_won(),
          .amount_minor_units =
              amount == DealColumns::kNoAmount ? std::nullopt : std::optional(amount)};
}

inline int DealRef::rep() const {
  return known_rep_ != kUnknown ? known_rep_ : columns_->rep[position_];
}
inline int DealRef::segment() const { return columns_->segment[position_]; }
inline int DealRef::product() const { return columns_->product[position_]; }
inline int DealRef::account() const { return columns_->account[position_]; }
inline int DealRef::lead_source() const { return columns_->lead_source[position_]; }
inline int DealRef::close_reason() const { return columns_->close_reason[position_]; }
inline int DealRef::competitor() const { return columns_->competitor[position_]; }
inline DealMotion DealRef::motion() const { return columns_->motion[position_]; }
inline int32_t DealRef::created_day() const { return columns_->created_day[position_]; }
inline std::optional<int32_t> DealRef::expected_close_day() const {
  const int32_t day = columns_->expected_close_day[position_];
  return day == DealColumns::kNoDay ? std::nullopt : std::optional(day);
}
inline int DealRef::stage() const { return columns_->stage[position_]; }
inline bool DealRef::has_customer_problem() const {
  return columns_->has_customer_problem[position_] != 0;
}
inline int DealRef::discovery_rating() const { return columns_->discovery_rating[position_]; }
inline StageCategory DealRef::outcome() const { return columns_->closing[position_].outcome(); }
inline int32_t DealRef::close_day() const { return columns_->closing[position_].day(); }
inline std::optional<int64_t> DealRef::amount_minor_units() const {
  const int64_t amount = columns_->amount_minor_units[position_];
  return amount == DealColumns::kNoAmount ? std::nullopt : std::optional(amount);
}
inline std::optional<int64_t> DealRef::entry_amount_minor_units() const {
  const int64_t amount = columns_->entry_amount_minor_units[position_];
  return amount == DealColumns::kNoAmount ? std::nullopt : std::optional(amount);
}

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_COLUMNS_H_
