/* Adds two milliseconds to each fsync and fdatasync, as a disk with a network in between takes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

static int slow(const char *name, int descriptor) {
    usleep(2000);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(descriptor);
}

int fsync(int descriptor) { return slow("fsync", descriptor); }
int fdatasync(int descriptor) { return slow("fdatasync", descriptor); }
