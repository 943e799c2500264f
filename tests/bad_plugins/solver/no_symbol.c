/* A shared object that is no plugin at all. */
int fm_no_plugin(void);

int fm_no_plugin(void)
{
    return 0;
}
