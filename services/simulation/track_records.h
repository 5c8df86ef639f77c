// How the forecasts of each workspace did when they were last back-tested: what certificates say
// of it. Names no person: counts, shares and hashes of the organisation's line alone, so an
// erasure leaves it. No figure of a forecast depends on it.
#ifndef QUOTACAST_SERVICES_SIMULATION_TRACK_RECORDS_H_
#define QUOTACAST_SERVICES_SIMULATION_TRACK_RECORDS_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "quotacast/type/v1/certificate.pb.h"

namespace quotacast::simulation {

// Keyed by "workspaces/{workspace}". Thread-safe.
class TrackRecords {
 public:
  virtual ~TrackRecords() = default;
  // Replaces what was kept. UNAVAILABLE when it could not be kept for later processes; this one
  // knows it all the same.
  virtual absl::Status Put(const std::string& parent, const type::v1::TrackRecord& record) = 0;
  virtual std::optional<type::v1::TrackRecord> Get(const std::string& parent) const = 0;
};

// Forgets with the process.
class InMemoryTrackRecords final : public TrackRecords {
 public:
  absl::Status Put(const std::string& parent, const type::v1::TrackRecord& record) override;
  std::optional<type::v1::TrackRecord> Get(const std::string& parent) const override;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, type::v1::TrackRecord> records_;  // Guarded by mutex_.
};

// Keeps them in one file as well: a line of JSON per workspace, written anew as a whole and moved
// into place, so that a reader finds the old or the new one. A line that cannot be read counts as
// none: the record is a convenience that the next back-test writes again. One process at a time
// writes the file.
class FileTrackRecords final : public TrackRecords {
 public:
  // Reads the file; a missing one is empty.
  explicit FileTrackRecords(std::string path);
  absl::Status Put(const std::string& parent, const type::v1::TrackRecord& record) override;
  std::optional<type::v1::TrackRecord> Get(const std::string& parent) const override;

 private:
  const std::string path_;
  mutable std::mutex mutex_;
  std::map<std::string, type::v1::TrackRecord> records_;  // Guarded by mutex_.
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_TRACK_RECORDS_H_
