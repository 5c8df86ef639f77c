// A file system under SQLite that loses power and fails on command (tests only).
//
// Losing power: what was written but not synced is forgotten, wholly or in part, with torn writes,
// as by a disk with a volatile cache. A process that is killed loses nothing (the kernel keeps its
// writes), so only this shows whether an acknowledged event was really on disk.
//
// The model: a write reaches the disk in sectors of 512 bytes, in any order, or not at all, until
// the file is synced; a torn write leaves bytes beside it alone (as SQLite assumes); a new file
// exists for certain once it is synced, a deleted one may come back unless its folder was synced.
#ifndef QUOTACAST_SERVICES_EVENTLOG_FAULT_VFS_H_
#define QUOTACAST_SERVICES_EVENTLOG_FAULT_VFS_H_

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace quotacast::eventlog {

enum class StorageOperation { kOpen, kRead, kWrite, kTruncate, kSync, kDelete };

// What is left of unsynced writes after a loss of power.
enum class Survival {
  kNothing,   // None of them.
  kPrefix,    // The first ones in order, then one that is torn, then none.
  kAnySector  // Each sector of each write for itself.
};

// Thread-safe. Real files hold what a running program sees. Not to be destroyed while a connection
// uses it.
class FaultVfs {
 public:
  // Registers itself with SQLite under `name`, which must be free.
  explicit FaultVfs(std::string name);
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  const std::string& name() const { return name_; }

  // Asked before each operation on a named file; what it returns instead of SQLITE_OK is the result
  // of the operation, which then does nothing. `path` ends in "-wal" or "-journal" for these files.
  // Null: no faults. Called under the lock of this object.
  using Fault = std::function<int(StorageOperation operation, std::string_view path)>;
  void SetFault(Fault fault);

  // Writes, truncations, syncs and deletions so far.
  int64_t change_count() const;

  // The power goes when that change arrives: it and all that follows fails.
  void LosePowerAt(int64_t change);
  bool HasLostPower() const;

  // Replaces the files by what the disk holds and lets them be used again. The same seed gives the
  // same disk. All connections must be closed.
  void RestorePower(Survival survival, uint64_t seed);

 private:
  friend struct FaultFile;

  // A write, or a truncation (no bytes; to `offset`), that is not synced.
  struct Change {
    int64_t offset = 0;
    std::string bytes;
    bool is_truncation = false;
  };
  struct DiskFile {
    std::string synced;       // Its content on disk for certain.
    bool is_on_disk = false;  // Whether its name is on disk for certain.
    bool is_present = false;  // What a running program sees.
    std::vector<Change> unsynced;
  };

  // OK to go on, or the result of the operation. mutex_ must be held.
  int Admit(StorageOperation operation, const std::string& path, int io_error);
  // Reads a file that was there before this object was. mutex_ must be held.
  void NoteFileOfBefore(const std::string& path);
  // SQLite syncs the folder with the first sync of a new journal or write-ahead log; then deleted
  // files do not come back. mutex_ must be held.
  void SyncFolder(const std::string& new_path);
  static void Apply(const Change& change, std::string& content);
  static std::string ContentAfterLoss(const DiskFile& file, uint64_t file_id, Survival survival,
                                      uint64_t seed);

  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* out_flags);
  static int Delete(sqlite3_vfs* vfs, const char* path, int sync_directory);

  const std::string name_;
  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_ = {};
  mutable std::mutex mutex_;
  // All below guarded by mutex_.
  std::map<std::string, DiskFile> files_;
  Fault fault_;
  int64_t change_count_ = 0;
  int64_t power_loss_at_ = 0;  // 0: never.
  bool has_lost_power_ = false;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_FAULT_VFS_H_
