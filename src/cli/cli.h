int fm_cli_main(int argc, char **argv);
