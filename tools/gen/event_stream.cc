#include "tools/gen/event_stream.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "tools/gen/activities.h"
#include "tools/gen/days.h"
#include "tools/gen/event_messages.h"
#include "tools/gen/history.h"
#include "tools/gen/rep_records.h"

namespace quotacast::gen {
namespace {

using ingestion::v1::NewEvent;

// A line below what was counted in companies of one to five years, so that the events asked for are
// there; longer histories have up to a quarter more, because renewals come on top.
constexpr double kEventsPerSeatWeek = 26.0;
constexpr double kEventsBeforeFullPipeline = 130.0;  // Missing in the first months of a seat.

// Events that wait for their day, serialised one behind the other.
class WaitingRoom {
 public:
  explicit WaitingRoom(absl::CivilDay last_day) : end_minute_(MinuteOf(last_day + 1)) {}

  // What happens after the last day is not known, and dropped.
  void Add(int64_t minute, const NewEvent& event) {
    if (minute >= end_minute_) return;
    Day& day = days_[DayOfMinute(minute)];
    const size_t begin = day.bytes.size();
    event.AppendToString(&day.bytes);
    day.entries.push_back({minute, begin, day.bytes.size() - begin});
  }

  // Hands out what is before `end` in the order of time; false when `take` has enough.
  bool Release(absl::CivilDay end, absl::FunctionRef<bool(std::string_view)> take) {
    while (!days_.empty() && days_.begin()->first < end) {
      Day day = std::move(days_.begin()->second);
      days_.erase(days_.begin());
      std::stable_sort(day.entries.begin(), day.entries.end(),
                       [](const Entry& a, const Entry& b) { return a.minute < b.minute; });
      for (const Entry& entry : day.entries) {
        if (!take(std::string_view(day.bytes).substr(entry.begin, entry.size))) return false;
      }
    }
    return true;
  }

 private:
  struct Entry {
    int64_t minute;
    size_t begin;
    size_t size;
  };
  struct Day {
    std::string bytes;
    std::vector<Entry> entries;
  };

  int64_t end_minute_;
  std::map<absl::CivilDay, Day> days_;
};

// Tells the whole history, releasing what can no longer be preceded by anything.
class Stream {
 public:
  Stream(const Company& company, const Ledger& ledger)
      : company_(company), ledger_(ledger), room_(company.options.last_day) {}

  void Run(absl::FunctionRef<bool(std::string_view)> take) {
    const auto wait = [this](int64_t minute, const NewEvent& event) { room_.Add(minute, event); };
    TellOfBeginning(company_, wait);
    for (size_t rep = 0; rep < company_.people.reps.size(); ++rep) {
      TellOfRep(company_, static_cast<int>(rep), wait);
    }
    for (size_t seat = 0; seat < company_.people.seats.size(); ++seat) {
      TellOfSeat(company_, ledger_, static_cast<int>(seat), wait);
    }
    for (const Quota& quota : company_.quotas) TellOfQuota(company_, quota, wait);
    bool wants_more = true;
    ForEachWeek(company_, [&](const Week& week) {
      if (week.start > company_.options.last_day) return false;
      wants_more = room_.Release(week.start, take);
      if (wants_more) TellOfWeek(week, wait);
      return wants_more;
    });
    if (wants_more) room_.Release(company_.options.last_day + 1, take);
  }

 private:
  void TellOfWeek(const Week& week, EventTaker wait) {
    for (const Lead& lead : week.leads) TellOfLead(company_, lead, wait);
    for (const Deal& deal : week.deals) TellOfDeal(company_, ledger_, deal, wait);
    const int quarter = QuarterOf(week.start + 6);
    const bool is_new_quarter = quarter != last_quarter_;
    last_quarter_ = quarter;
    for (size_t i = 0; i < company_.people.reps.size(); ++i) {
      const int rep = static_cast<int>(i);
      for (const Activity& meeting : InternalMeetings(company_, rep, week.start)) {
        TellOfActivity(company_, meeting, wait);
      }
      if (!is_new_quarter) continue;
      for (const RepForecast& forecast : ForecastsOf(company_, ledger_, rep, quarter)) {
        if (forecast.day >= week.start) TellOfForecast(company_, forecast, wait);
      }
    }
  }

  const Company& company_;
  const Ledger& ledger_;
  WaitingRoom room_;
  int last_quarter_ = -1;
};

}  // namespace

absl::StatusOr<int64_t> ForEachSerializedEvent(const CompanyOptions& options,
                                               absl::FunctionRef<bool(std::string_view)> take) {
  QC_ASSIGN_OR_RETURN(const Company company, MakeCompany(options));
  const Ledger ledger = MakeLedger(company);
  int64_t count = 0;
  Stream(company, ledger).Run([&](std::string_view event) {
    ++count;
    return take(event);
  });
  return count;
}

absl::StatusOr<int64_t> ForEachEvent(const CompanyOptions& options,
                                     absl::FunctionRef<bool(const NewEvent&)> take) {
  NewEvent event;
  bool is_parsed = true;
  QC_ASSIGN_OR_RETURN(
      const int64_t count, ForEachSerializedEvent(options, [&](std::string_view bytes) {
        is_parsed = event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        return is_parsed && take(event);
      }));
  if (!is_parsed) return absl::InternalError("an event of the generator cannot be read back");
  return count;
}

int SeatsForEvents(int64_t event_count, const CompanyOptions& options) {
  const double weeks = static_cast<double>(options.last_day - options.start) / 7.0;
  const double per_seat = kEventsPerSeatWeek * weeks - kEventsBeforeFullPipeline;
  const auto seats = static_cast<int64_t>(static_cast<double>(event_count) / per_seat) + 1;
  return static_cast<int>(std::clamp<int64_t>(seats, 1, kMaxReps));
}

}  // namespace quotacast::gen
