// Bugs that a world can be given on purpose: the test that looks for them shows that it would find
// the real ones.
#ifndef QUOTACAST_TESTS_WORLD_PLANTED_BUG_H_
#define QUOTACAST_TESTS_WORLD_PLANTED_BUG_H_

#include <string_view>
#include <utility>

namespace quotacast::tests {

enum class PlantedBug {
  kNone,
  kAcknowledgesBeforeAppending,  // The store says "durable" and writes with the next operation.
  kTearsBatches,                 // An append that fails leaves half of its batch behind.
  kForgetsIds,                   // The store takes an event again that it has.
  kDropsConflicts,               // The other content of a known id is not kept.
  kForgetsWriters,               // Records are not written with the events they came with.
  kWriterDropsRetry,             // A writer takes a failed append for done.
  kReaderSkipsOnResume,          // A reader goes on one event too late after a broken stream.
  kReaderRepeatsOnResume,        // ... or one too early.
  kFeedLosesAnEvent,             // The feed to metrics leaves one event out.
};

inline constexpr std::pair<PlantedBug, std::string_view> kPlantedBugs[] = {
    {PlantedBug::kAcknowledgesBeforeAppending, "acknowledges_before_appending"},
    {PlantedBug::kTearsBatches, "tears_batches"},
    {PlantedBug::kForgetsIds, "forgets_ids"},
    {PlantedBug::kDropsConflicts, "drops_conflicts"},
    {PlantedBug::kForgetsWriters, "forgets_writers"},
    {PlantedBug::kWriterDropsRetry, "writer_drops_retry"},
    {PlantedBug::kReaderSkipsOnResume, "reader_skips_on_resume"},
    {PlantedBug::kReaderRepeatsOnResume, "reader_repeats_on_resume"},
    {PlantedBug::kFeedLosesAnEvent, "feed_loses_an_event"},
};

}  // namespace quotacast::tests

#endif  // QUOTACAST_TESTS_WORLD_PLANTED_BUG_H_
