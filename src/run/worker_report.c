#include <config.h>

#include "run/worker_report.h"

#include "base/error.h"
#include "base/file.h"

#include <string.h>
#include <sys/stat.h>

enum fm_status fm_worker_put(struct fm_worker *w, const struct fm_record *record,
                             struct fm_error *err)
{
    return w->sink->put(w->sink->context, record, err);
}

enum fm_status fm_worker_phase(struct fm_worker *w, enum fm_phase phase,
                               const struct fm_entry *entry, size_t step, const char *text,
                               struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_PHASE};
    r.u.phase.phase = phase;
    if (entry)
        r.u.phase.entry = *entry;
    r.u.phase.step = step;
    FM_COPY_TEXT(r.u.phase.text, text);
    return fm_worker_put(w, &r, err);
}

enum fm_status fm_worker_path(struct fm_worker *w, const char *name, char **path,
                              struct fm_error *err)
{
    FM_TRY(fm_folder_make(w->task->folder, err));
    *path = fm_path_join(&w->arena, w->task->folder, name);
    return *path ? FM_OK : fm_out_of_memory(err);
}

enum fm_status fm_worker_artifact(struct fm_worker *w, int64_t sampling_id,
                                  const char *kind, const char *path,
                                  const char *final_path, struct fm_error *err)
{
    struct fm_record r = {.type = FM_RECORD_ARTIFACT};
    struct stat st;
    size_t n = strlen(w->task->db_folder);
    if (stat(path, &st) != 0)
        return fm_fail_errno(err, "can't find", path);
    FM_TRY(fm_hash_file(path, r.u.artifact.sha256, err));
    if (strncmp(final_path, w->task->db_folder, n) == 0 && final_path[n] == '/')
        final_path += n + 1;
    r.u.artifact.sampling_id = sampling_id;
    r.u.artifact.is_weights = strcmp(kind, "weights") == 0;
    r.u.artifact.n_file_bytes = (uint64_t)st.st_size;
    FM_COPY_TEXT(r.u.artifact.kind, kind);
    FM_COPY_TEXT(r.u.artifact.path, final_path);
    return fm_worker_put(w, &r, err);
}
