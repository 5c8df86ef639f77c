#include "services/eventlog/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/random.h"

namespace quotacast::eventlog {
namespace {

constexpr size_t kSectorBytes = 512;

bool CoinFalls(uint64_t seed, uint64_t file_id, size_t change, size_t sector) {
  return (RandomBlock(seed, file_id, static_cast<uint32_t>(change), RandomPurpose::kSynthetic,
                      static_cast<uint32_t>(sector))[0] &
          1u) != 0;
}

}  // namespace

// SQLite allocates this and, behind it, the real file system's file.
struct FaultFile {
  sqlite3_file base;
  FaultVfs* vfs;
  std::string* path;  // Null for a temporary file, which is left alone.

  static FaultFile& Of(sqlite3_file* file) { return *reinterpret_cast<FaultFile*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }

  // Admission of an operation, and the note of a change when it is admitted or cut short.
  int Admit(StorageOperation operation, int io_error, FaultVfs::Change* change = nullptr) {
    if (path == nullptr) return SQLITE_OK;
    std::lock_guard<std::mutex> lock(vfs->mutex_);
    const bool was_on = !vfs->has_lost_power_;
    const int code = vfs->Admit(operation, *path, io_error);
    FaultVfs::DiskFile& disk_file = vfs->files_[*path];
    // The change at which the power goes may still reach the disk, in part.
    const bool is_cut_short = was_on && vfs->has_lost_power_;
    if (change != nullptr && (code == SQLITE_OK || is_cut_short)) {
      disk_file.unsynced.push_back(std::move(*change));
    }
    if (operation == StorageOperation::kSync && code == SQLITE_OK) {
      if (!disk_file.is_on_disk) vfs->SyncFolder(*path);
      for (const FaultVfs::Change& done : disk_file.unsynced) {
        FaultVfs::Apply(done, disk_file.synced);
      }
      disk_file.unsynced.clear();
      disk_file.is_on_disk = true;
    }
    return code;
  }

  static int Close(sqlite3_file* file) {
    FaultFile& self = Of(file);
    delete self.path;
    self.path = nullptr;
    return self.real()->pMethods == nullptr ? SQLITE_OK
                                            : self.real()->pMethods->xClose(self.real());
  }
  static int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
    FaultFile& self = Of(file);
    const int code = self.Admit(StorageOperation::kRead, SQLITE_IOERR_READ);
    return code != SQLITE_OK ? code : self.real()->pMethods->xRead(self.real(), out, size, offset);
  }
  static int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    FaultFile& self = Of(file);
    FaultVfs::Change change{
        offset, std::string(static_cast<const char*>(bytes), static_cast<size_t>(size)), false};
    const int code = self.Admit(StorageOperation::kWrite, SQLITE_IOERR_WRITE, &change);
    return code != SQLITE_OK ? code
                             : self.real()->pMethods->xWrite(self.real(), bytes, size, offset);
  }
  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    FaultFile& self = Of(file);
    FaultVfs::Change change{size, "", true};
    const int code = self.Admit(StorageOperation::kTruncate, SQLITE_IOERR_TRUNCATE, &change);
    return code != SQLITE_OK ? code : self.real()->pMethods->xTruncate(self.real(), size);
  }
  // The real files need not be synced: what is on disk is kept in memory here.
  static int Sync(sqlite3_file* file, int /*flags*/) {
    return Of(file).Admit(StorageOperation::kSync, SQLITE_IOERR_FSYNC);
  }
  static int FileSize(sqlite3_file* file, sqlite3_int64* size) {
    return Of(file).real()->pMethods->xFileSize(Of(file).real(), size);
  }
  static int Lock(sqlite3_file* file, int level) {
    return Of(file).real()->pMethods->xLock(Of(file).real(), level);
  }
  static int Unlock(sqlite3_file* file, int level) {
    return Of(file).real()->pMethods->xUnlock(Of(file).real(), level);
  }
  static int CheckReservedLock(sqlite3_file* file, int* out) {
    return Of(file).real()->pMethods->xCheckReservedLock(Of(file).real(), out);
  }
  static int FileControl(sqlite3_file* file, int operation, void* argument) {
    // These would change the file past us.
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) {
      return SQLITE_OK;
    }
    return Of(file).real()->pMethods->xFileControl(Of(file).real(), operation, argument);
  }
  static int SectorSize(sqlite3_file* file) {
    return Of(file).real()->pMethods->xSectorSize(Of(file).real());
  }
  static int DeviceCharacteristics(sqlite3_file* file) {
    return Of(file).real()->pMethods->xDeviceCharacteristics(Of(file).real());
  }
  static int ShmMap(sqlite3_file* file, int page, int page_size, int extend, void volatile** out) {
    return Of(file).real()->pMethods->xShmMap(Of(file).real(), page, page_size, extend, out);
  }
  static int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
    return Of(file).real()->pMethods->xShmLock(Of(file).real(), offset, count, flags);
  }
  static void ShmBarrier(sqlite3_file* file) {
    Of(file).real()->pMethods->xShmBarrier(Of(file).real());
  }
  static int ShmUnmap(sqlite3_file* file, int delete_flag) {
    return Of(file).real()->pMethods->xShmUnmap(Of(file).real(), delete_flag);
  }
};

namespace {

// Version 2: no memory-mapped reads, which would pass us by.
constexpr sqlite3_io_methods kMethods = {
    2,
    FaultFile::Close,
    FaultFile::Read,
    FaultFile::Write,
    FaultFile::Truncate,
    FaultFile::Sync,
    FaultFile::FileSize,
    FaultFile::Lock,
    FaultFile::Unlock,
    FaultFile::CheckReservedLock,
    FaultFile::FileControl,
    FaultFile::SectorSize,
    FaultFile::DeviceCharacteristics,
    FaultFile::ShmMap,
    FaultFile::ShmLock,
    FaultFile::ShmBarrier,
    FaultFile::ShmUnmap,
    nullptr,
    nullptr,
};

}  // namespace

FaultVfs::FaultVfs(std::string name)
    : name_(std::move(name)), real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.szOsFile = static_cast<int>(sizeof(FaultFile)) + real_->szOsFile;
  vfs_.xOpen = Open;
  vfs_.xDelete = Delete;
  // Of the real one's methods only xOpen looks at this, and it is called with the real one.
  vfs_.pAppData = this;
  if (sqlite3_vfs_find(name_.c_str()) != nullptr ||
      sqlite3_vfs_register(&vfs_, /*makeDflt=*/0) != SQLITE_OK) {
    std::fprintf(stderr, "the name %s is taken\n", name_.c_str());
    std::abort();
  }
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

void FaultVfs::SetFault(Fault fault) {
  std::lock_guard<std::mutex> lock(mutex_);
  fault_ = std::move(fault);
}

int64_t FaultVfs::change_count() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return change_count_;
}

void FaultVfs::LosePowerAt(int64_t change) {
  std::lock_guard<std::mutex> lock(mutex_);
  power_loss_at_ = change;
}

bool FaultVfs::HasLostPower() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return has_lost_power_;
}

int FaultVfs::Admit(StorageOperation operation, const std::string& path, int io_error) {
  if (has_lost_power_) return io_error;
  if (fault_) {
    if (const int code = fault_(operation, path); code != SQLITE_OK) return code;
  }
  if (operation == StorageOperation::kRead || operation == StorageOperation::kOpen) {
    return SQLITE_OK;
  }
  ++change_count_;
  if (change_count_ == power_loss_at_) has_lost_power_ = true;
  return has_lost_power_ ? io_error : SQLITE_OK;
}

int FaultVfs::Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                   int* out_flags) {
  FaultVfs& self = *static_cast<FaultVfs*>(vfs->pAppData);
  FaultFile& fault_file = *new (file) FaultFile{{&kMethods}, &self, nullptr};
  if (path != nullptr) {
    std::lock_guard<std::mutex> lock(self.mutex_);
    if (const int code = self.Admit(StorageOperation::kOpen, path, SQLITE_CANTOPEN);
        code != SQLITE_OK) {
      fault_file.base.pMethods = nullptr;
      return code;
    }
    self.NoteFileOfBefore(path);
  }
  const int code = self.real_->xOpen(self.real_, path, fault_file.real(), flags, out_flags);
  if (code != SQLITE_OK) {
    fault_file.base.pMethods = nullptr;
    return code;
  }
  if (path != nullptr) {
    fault_file.path = new std::string(path);
    std::lock_guard<std::mutex> lock(self.mutex_);
    DiskFile& disk_file = self.files_[path];
    // It takes nothing over from one of its name that was deleted.
    if (!disk_file.is_present) disk_file = DiskFile();
    disk_file.is_present = true;
  }
  return SQLITE_OK;
}

void FaultVfs::NoteFileOfBefore(const std::string& path) {
  std::error_code ignored;
  if (files_.count(path) > 0 || !std::filesystem::exists(path, ignored)) return;
  std::ifstream stream(path, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  files_[path] = DiskFile{std::move(content), true, true, {}};
}

void FaultVfs::SyncFolder(const std::string& new_path) {
  const bool syncs = new_path.ends_with("-wal") || new_path.ends_with("-journal");
  if (!syncs) return;
  for (auto& [path, file] : files_) {
    if (!file.is_present) file = DiskFile();
  }
}

int FaultVfs::Delete(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  FaultVfs& self = *static_cast<FaultVfs*>(vfs->pAppData);
  std::lock_guard<std::mutex> lock(self.mutex_);
  if (const int code = self.Admit(StorageOperation::kDelete, path, SQLITE_IOERR_DELETE);
      code != SQLITE_OK) {
    return code;
  }
  // Nor need real folders be synced.
  const int code = self.real_->xDelete(self.real_, path, /*syncDir=*/0);
  if (code != SQLITE_OK) return code;
  DiskFile& file = self.files_[path];
  file.is_present = false;
  file.unsynced.clear();
  // What was synced stays as what may come back.
  if (sync_directory != 0) {
    file.is_on_disk = false;
    file.synced.clear();
  }
  return SQLITE_OK;
}

void FaultVfs::Apply(const Change& change, std::string& content) {
  const size_t offset = static_cast<size_t>(change.offset);
  if (change.is_truncation) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + change.bytes.size()) content.resize(offset + change.bytes.size());
  content.replace(offset, change.bytes.size(), change.bytes);
}

std::string FaultVfs::ContentAfterLoss(const DiskFile& file, uint64_t file_id, Survival survival,
                                       uint64_t seed) {
  std::string content = file.synced;
  if (survival == Survival::kNothing || file.unsynced.empty()) return content;
  // Up to where a prefix survives; the change there is torn.
  const size_t torn = RandomBlock(seed, file_id, 0, RandomPurpose::kSynthetic, 0xffffff)[0] %
                      (file.unsynced.size() + 1);
  for (size_t i = 0; i < file.unsynced.size(); ++i) {
    const Change& change = file.unsynced[i];
    const bool is_torn = survival == Survival::kAnySector || i == torn;
    if (survival == Survival::kPrefix && i > torn) break;
    if (!is_torn) {
      Apply(change, content);
      continue;
    }
    if (change.is_truncation) {
      if (CoinFalls(seed, file_id, i, 0)) Apply(change, content);
      continue;
    }
    // Cut where the sectors of the disk end.
    size_t begin = 0;
    for (size_t sector = 0; begin < change.bytes.size(); ++sector) {
      const size_t in_sector = (static_cast<size_t>(change.offset) + begin) % kSectorBytes;
      const size_t size = std::min(kSectorBytes - in_sector, change.bytes.size() - begin);
      if (CoinFalls(seed, file_id, i, sector)) {
        Apply(
            {change.offset + static_cast<int64_t>(begin), change.bytes.substr(begin, size), false},
            content);
      }
      begin += size;
    }
  }
  return content;
}

void FaultVfs::RestorePower(Survival survival, uint64_t seed) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto entry = files_.begin(); entry != files_.end();) {
    const std::string& path = entry->first;
    DiskFile& file = entry->second;
    const uint64_t file_id = StableId("file", std::filesystem::path(path).filename().string());
    bool is_left = file.is_on_disk;
    // New and never synced, or deleted without its folder being synced.
    if (file.is_present != file.is_on_disk && survival != Survival::kNothing) {
      is_left = CoinFalls(seed, file_id, 0xffffffff, 0);
    }
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::filesystem::remove(path + "-shm", ignored);
    if (!is_left) {
      entry = files_.erase(entry);
      continue;
    }
    const std::string content = ContentAfterLoss(file, file_id, survival, seed);
    std::ofstream(path, std::ios::binary) << content;
    file = DiskFile{content, true, true, {}};
    ++entry;
  }
  has_lost_power_ = false;
  power_loss_at_ = 0;
}

}  // namespace quotacast::eventlog
