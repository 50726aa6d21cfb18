"""What each state lets pass without an effect; a new event or state is decided on here or in the table."""

from kiosk.visit import State

IGNORABLE = {
    State.WELCOME: """
        CodeTyped Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        StayChosen OfficeOpened BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.SCANNING: """
        CodeTyped ScanChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.TYPING: """
        ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.LOOKING_UP: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.CHOOSING_APPLICANTS: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut
        PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken
        BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.VERIFYING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.CHOOSING_SERVICE: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.CHECKING_DOCUMENTS: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen PriorityDeclared PaperCameOut
        PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken
        BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.DECLARING_PRIORITY: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.ISSUING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted BookingFound TicketsFound WalkInFound
        DigitsRight DigitsWrong Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.PRINTING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.TICKET_PRINTED: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.TICKET_UNCERTAIN: """
        Interrupted CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed
        OfficeOpened Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued PrintUncertain QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.TICKET_ON_SCREEN: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.REFUSED: """
        CodeTyped ScanChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.RATING: """
        Interrupted CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing CommentWritten QueueNumberTyped StayChosen OfficeClosed
        OfficeOpened Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.COMMENT: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.THANKS: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.SURVEY_TICKET: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened
        Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed SurveyChosen SurveyAnswered QueueFound
    """.split(),
    State.SURVEY: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened
        Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed SurveyChosen SurveyTicketFound SurveyRefused QueueFound CodeScanned
        QueueNumberTyped
    """.split(),
    State.INFORMATION: """
        CodeTyped ScanChosen TypeChosen QueueStatusChosen RateChosen ApplicantToggled ApplicantsChosen
        DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing
        Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound
        TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain
        PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.QUEUE_STATUS: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.HELP: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused
        DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.STILL_THERE: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        HelpChosen Back ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.CLOSED: """
        CodeTyped ScanChosen TypeChosen WalkInChosen QueueStatusChosen RateChosen HelpChosen Back Home
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
    State.OUT_OF_SERVICE: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
    """.split(),
}
