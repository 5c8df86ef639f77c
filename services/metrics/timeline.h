// The history of an opportunity in the order in which it counts: what its facts amount to once
// corrections, retractions and repeated closings are settled, whatever day it is looked at from.
// A view on a day reads it up to that day; the rules are in the header of book.h.
//
//   std::string bytes;
//   WriteTimeline(facts, opportunity, log_offset, closing_stages, bytes);
//   TimelineReader reader(bytes, day);
//   if (!reader.is_gone()) while (reader.Next()) Apply(reader.day(), reader.fields());
#ifndef QUOTACAST_SERVICES_METRICS_TIMELINE_H_
#define QUOTACAST_SERVICES_METRICS_TIMELINE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

// Appends the timeline of what was recorded by `log_offset`. `closing_stages` says by stage code
// which stages close a deal; codes beyond it are open. Complexity: n log n in the opportunity's
// facts.
void WriteTimeline(const OpportunityFacts& facts, uint32_t opportunity, int64_t log_offset,
                   const std::vector<bool>& closing_stages, std::string& bytes);

// Reads what WriteTimeline wrote, up to a day.
class TimelineReader {
 public:
  // `last_day` counts from 1970-01-01.
  TimelineReader(std::string_view bytes, int32_t last_day);

  // Facts were known by then, and none of them has a date.
  bool is_undated() const { return is_undated_; }
  // Deleted, or merged into another one, on the last day.
  bool is_gone() const { return is_gone_; }

  // Goes to the next change; false when there is none up to the last day.
  bool Next();
  // The day from which the change counts.
  int32_t day() const { return day_; }
  bool is_late() const { return is_late_; }
  const OpportunityFields& fields() const { return fields_; }

 private:
  std::string_view bytes_;
  const int32_t last_day_;
  bool is_undated_ = false;
  bool is_gone_ = false;
  int32_t day_ = 0;
  bool is_late_ = false;
  OpportunityFields fields_;
};

// The timelines of all opportunities by everything recorded so far, each made when it is first
// asked for and again when facts came. Not thread-safe.
class Timelines {
 public:
  explicit Timelines(const OpportunityFacts* facts) : facts_(facts) {}

  // A fact came about this opportunity.
  void Touch(uint32_t opportunity);

  // Says which stages close a deal, by stage code, from now on. One per stage that facts name.
  void UseStages(const std::vector<bool>& closing_stages);

  // The timeline as of a log offset; valid until the next call of a method that is not const.
  std::string_view Get(uint32_t opportunity, int64_t log_offset);

  size_t memory_bytes() const;

 private:
  struct Place {
    uint64_t begin = 0;
    uint32_t size = 0;  // 0: to be made.
  };

  void Compact();

  const OpportunityFacts* const facts_;
  std::vector<bool> closing_stages_;
  std::vector<Place> places_;
  std::string bytes_;
  uint64_t dead_bytes_ = 0;  // Of timelines made again since.
  std::string scratch_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_TIMELINE_H_
