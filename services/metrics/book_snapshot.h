// A book as bytes, from which the same book is made without reading the feed: what was said, not
// what was derived from it. A book read back answers every question, as of any moment and after any
// further events, with the bytes that the book it was written from would have answered with.
#ifndef QUOTACAST_SERVICES_METRICS_BOOK_SNAPSHOT_H_
#define QUOTACAST_SERVICES_METRICS_BOOK_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/metrics/book.h"
#include "services/metrics/snapshot_bytes.h"

namespace quotacast::metrics {

// How much is copied while the book is locked: a fraction of a millisecond.
inline constexpr size_t kSnapshotSliceBytes = size_t{1} << 20;

// The beginning of a file, by which ReadOffset knows it.
inline constexpr size_t kSnapshotHeadBytesMax = 4096;

// Reads and writes what the parts of a book keep.
class BookSnapshot {
 public:
  // Writes what the book holds at the beginning of the call, and says up to which offset that is.
  // The book may be read and appended to meanwhile: it is locked for a slice at a time.
  // FAILED_PRECONDITION when it is empty or outdated; else what the writer's sink answers.
  static absl::StatusOr<int64_t> Write(std::string_view workspace, const Book& book,
                                       SnapshotWriter& writer);

  // The book, with the erasures known that it was written with. Content that passed its checksum
  // is trusted to be what Write wrote. Errors: as SnapshotContent; DATA_LOSS when the content makes
  // no sense; FAILED_PRECONDITION when it is of another workspace.
  static absl::StatusOr<std::unique_ptr<Book>> Read(std::string_view workspace,
                                                    std::string_view file);

  // Up to which offset a file goes by its own account, from its first bytes. Errors: as Read, but
  // for damage further on.
  static absl::StatusOr<int64_t> ReadOffset(std::string_view workspace, std::string_view head);

 private:
  struct Extent;

  static void WriteHead(std::string_view workspace, const Book& book, SnapshotWriter& writer);
  static absl::Status WriteOpportunities(const Book& book, const Extent& extent,
                                         SnapshotWriter& writer);
  static absl::Status WriteReferenceFacts(const Book& book, const Extent& extent,
                                          SnapshotWriter& writer);
  static absl::Status WriteRecordFacts(const Book& book, const Extent& extent,
                                       SnapshotWriter& writer);
  static void ReadRuns(SnapshotReader& reader, Book& book);
  static void ReadOpportunities(SnapshotReader& reader, Book& book);
  static void ReadReferenceFacts(SnapshotReader& reader, Book& book);
  static void ReadRecordFacts(SnapshotReader& reader, Book& book);
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_BOOK_SNAPSHOT_H_
